package report

// ChartKind says how a Chart is to be drawn.
type ChartKind string

// The kinds of chart.
const (
	// Curve is points over X with a band: a reliability curve, a confidence
	// sequence over requests.
	Curve ChartKind = "curve"
	// Matrix is counts by row and column label: a confusion matrix.
	Matrix ChartKind = "matrix"
	// Bars is one value with a band for each label: shares, a ranking.
	Bars ChartKind = "bars"
)

// Chart is something worth drawing that is more than one number: plain data for
// pages. It holds declared names and counts only.
type Chart struct {
	Kind    ChartKind `json:"kind"`
	Name    string    `json:"name"` // as a signal's: "calibration.reliability"
	Title   string    `json:"title"`
	Subject Subject   `json:"subject"`
	Window  Window    `json:"window"`
	// XLabel and YLabel name the axes, units included.
	XLabel string `json:"x_label,omitempty"`
	YLabel string `json:"y_label,omitempty"`
	// Points are those of a curve, ascending in X, or one for each label of bars.
	Points []ChartPoint `json:"points,omitempty"`
	// Diagonal asks for the line y = x, where a perfect curve would lie.
	Diagonal bool `json:"diagonal,omitempty"`
	// Labels name bars, or the rows of a matrix; Columns its columns.
	Labels  []string `json:"labels,omitempty"`
	Columns []string `json:"columns,omitempty"`
	// Counts of a matrix, by row, then column.
	Counts [][]uint64 `json:"counts,omitempty"`
	// Notes say what a reader has to know: an assumption, a cap.
	Notes []string `json:"notes,omitempty"`
}

// ChartPoint is one point of a Chart; Low and High bound Y with 95 % confidence
// and both are Y where nothing is known. N counts the rows behind it.
type ChartPoint struct {
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	N    uint64  `json:"n,omitempty"`
}
