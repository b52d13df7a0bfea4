package performance

// LogLoss is the mean of −ln of the probability given to the truth, at least 0,
// with probabilities clipped to [1e-15, 1−1e-15]; the interval is Student's.
type LogLoss struct{}

// Name, Better and Of implement [BinaryMetric].
func (LogLoss) Name() string   { return "log_loss" }
func (LogLoss) Better() Better { return Lower }
func (LogLoss) scale() scale   { return root }
func (LogLoss) Of(s Scores) Figure {
	t := s.Total()
	return average(t.Rows(), t.Log, t.LogSquares, 0, anywhere)
}
