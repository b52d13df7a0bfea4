package report

import "time"

// Model identifies what is monitored and what it is compared with. It stands on
// every report, profile and incident.
type Model struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	// Reference identifies the reference profile; replicas with the same id
	// share cell edges, so that their counts may be added.
	Reference string `json:"reference,omitempty"`
	// Dataset and DatasetHash name the data that the reference was built from;
	// FeatureCode the version of the code that computes the features.
	Dataset     string `json:"dataset,omitempty"`
	DatasetHash string `json:"dataset_hash,omitempty"`
	FeatureCode string `json:"feature_code,omitempty"`
}

// Report is everything concluded at the close of one pane. It is immutable once
// published.
type Report struct {
	Model Model     `json:"model"`
	At    time.Time `json:"at"`   // end of the last pane
	Pane  uint64    `json:"pane"` // panes closed so far
	Rows  uint64    `json:"rows"` // rows observed so far
	// Learning is set while the reference or its natural variability is still
	// being learned.
	Learning *Progress `json:"learning,omitempty"`
	Signals  []Signal  `json:"signals"`
	// Incidents are those open, most pressing first, then those resolved within
	// the memory of the decider, newest first.
	Incidents []Incident `json:"incidents"`
	// State is that of the model, the gravest of its subjects'; States lists the
	// subjects that are in warning, recovering or alert, gravest first.
	State  State      `json:"state,omitempty"`
	States []Standing `json:"states,omitempty"`
	// Digest is there once a day: what did not deserve a page.
	Digest *Digest `json:"digest,omitempty"`
	// Distributions are the reference and the newest pane of each subject,
	// for pages. Sensitive features have none.
	Distributions []Distribution `json:"distributions,omitempty"`
	// Summary is one sentence: what, if anything, is wrong and on what evidence.
	Summary string `json:"summary,omitempty"`
	// Charts are what the evaluators have to draw, newest window only.
	Charts []Chart `json:"charts,omitempty"`
	// Events are the recent entries of the timeline, newest first.
	Events []Event `json:"events,omitempty"`
}

// Progress tells how far learning has come.
type Progress struct {
	What string `json:"what"` // what is being learned, for people
	Done int    `json:"done"` // panes seen
	Need int    `json:"need"` // panes needed
}

// Distribution is the counts of one subject over the cells of the reference.
// Numeric subjects have Edges: cell i is [Edges[i-1], Edges[i]), the outer cells
// are open, so there is one cell more than edges. Categorical subjects have a
// label for each cell instead.
type Distribution struct {
	Subject   Subject   `json:"subject"`
	Edges     []float64 `json:"edges,omitempty"`
	Labels    []string  `json:"labels,omitempty"`
	Low, High float64   `json:"-"` // the .1 % and 99.9 % quantiles of the reference, where drawing may end
	Reference []uint64  `json:"reference"`
	Current   []uint64  `json:"current"`
	// Missing and Invalid count what has no cell: reference, then current.
	Missing [2]uint64 `json:"missing"`
	Invalid [2]uint64 `json:"invalid"`
}

// Event is an entry of the model's timeline: a reference accepted, a version
// changed, an incident opened or resolved.
type Event struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	Text string    `json:"text"`
}

// Find returns the first signal with this name and subject at this scale, and
// whether there is one.
func (r *Report) Find(name string, subject Subject, scale int) (Signal, bool) {
	for _, s := range r.Signals {
		if s.Name == name && s.Subject == subject && s.Window.Scale == scale {
			return s, true
		}
	}
	return Signal{}, false
}
