package profile

import "time"

// Provenance says where a profile comes from. It travels with the profile and
// stands on every report made with it.
type Provenance struct {
	Model       string    `json:"model,omitempty"`
	Version     string    `json:"version,omitempty"`
	Dataset     string    `json:"dataset,omitempty"`      // name of the data it was built from
	DatasetHash string    `json:"dataset_hash,omitempty"` // hash of that data, any scheme
	FeatureCode string    `json:"feature_code,omitempty"` // version of the code that computes the features
	Created     time.Time `json:"created,omitzero"`
}
