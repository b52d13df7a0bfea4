package performance

// Better says which values of a measure are the good ones.
type Better uint8

// The directions.
const (
	Higher Better = iota // accuracy
	Lower                // a loss
	Zero                 // a bias: either sign is bad
)

// BinaryMetric is a measure of a binary model. A user's own implements the three
// methods; it is judged on the scale of its values.
type BinaryMetric interface {
	Name() string     // "accuracy": the signal is "performance.accuracy"
	Better() Better   // which values are good
	Of(Scores) Figure // undefined for no rows
}

// MulticlassMetric is a measure of a multiclass model.
type MulticlassMetric interface {
	Name() string
	Better() Better
	Of(Classes) Figure
}

// RegressionMetric is a measure of a regression.
type RegressionMetric interface {
	Name() string
	Better() Better
	Of(Errors) Figure
}

// named is what all metrics have.
type named interface {
	Name() string
	Better() Better
}
