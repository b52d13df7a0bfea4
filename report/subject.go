package report

// Kind says what a signal is about.
type Kind string

// The kinds of subject.
const (
	KindModel      Kind = "model"      // the model as a whole: volume, latency, errors
	KindFeature    Kind = "feature"    // one input
	KindPrediction Kind = "prediction" // what the model answered; Name is "score" or "class"
	KindPair       Kind = "pair"       // two features together; Name is "a×b"
	KindMetric     Kind = "metric"     // a performance metric or a business KPI
	KindGroup      Kind = "group"      // a protected group; Name is "feature=value"
	KindSegment    Kind = "segment"    // a declared segment; Name is "feature=value"
	KindClass      Kind = "class"      // one class of a multiclass model
	KindSlice      Kind = "slice"      // rows in a cell of one feature, or of two; Name is "age in [18, 25)"
)

// Subject names what a signal is about. Two signals with the same name and
// subject belong to the same series. Segment is empty unless the signal was
// computed within one declared segment.
type Subject struct {
	Kind    Kind   `json:"kind"`
	Name    string `json:"name,omitempty"`
	Segment string `json:"segment,omitempty"`
}

// String returns "feature amount" or "feature amount in tenant=acme".
func (s Subject) String() string {
	text := string(s.Kind)
	if s.Name != "" {
		text += " " + s.Name
	}
	if s.Segment != "" {
		text += " in " + s.Segment
	}
	return text
}

// Evidence is the kind of evidence a signal brings to a decision. The alarm
// budget is split over kinds. A signal without evidence describes: it gets a
// threshold and a status, but opens no incident.
type Evidence string

// The kinds of evidence.
const (
	Describes    Evidence = ""
	Drift        Evidence = "drift"
	Prediction   Evidence = "prediction"
	Multivariate Evidence = "multivariate"
	Quality      Evidence = "quality"
	Operational  Evidence = "operational"
	Performance  Evidence = "performance"
	Fairness     Evidence = "fairness"
	KPI          Evidence = "kpi"
	Attribution  Evidence = "attribution"
)
