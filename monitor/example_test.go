package monitor_test

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// loan is what the model of the examples takes.
type loan struct {
	ID     string  `monitor:",id"`
	Amount float64 `monitor:"amount,min=0"`
	Region string  `monitor:"region,oneof=north|south"`
}

// loans yields n loans of regular amounts around a level, a second apart.
func loans(n int, level float64) func(yield func(profile.Row, error) bool) {
	return func(yield func(profile.Row, error) bool) {
		for i := range n {
			row := profile.Row{
				Time:    time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC),
				Values:  []profile.Value{profile.Float(level + float64(i*37%100)), profile.String([]string{"north", "south"}[i%2])},
				Outcome: profile.Outcome{Score: float64(i*13%100) / 100},
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// median is an evaluator: it reports by how much the median of each number moved,
// in the reference's spread.
type median struct{}

func (median) Evaluate(c profile.Comparison) (signals []report.Signal) {
	for p := range c.Inputs() {
		if p.Current.Quantiles == nil || p.Reference.Quantiles == nil {
			continue // a label, a sensitive feature, or a window of several panes
		}
		s := c.Signal("example.median", p)
		now, ok := p.Current.Quantiles.Quantile(.5)
		before, _ := p.Reference.Quantiles.Quantile(.5)
		low, _ := p.Reference.Quantiles.Quantile(.25)
		high, _ := p.Reference.Quantiles.Quantile(.75)
		s.Value, s.Undefined = (now-before)/(high-low), !ok || high == low
		signals = append(signals, s)
	}
	return signals
}

// limit is a decider: more than its value either way is a breach.
type limit float64

func (l limit) Decide(r *report.Report) {
	for i := range r.Signals {
		s := &r.Signals[i]
		s.Threshold, s.HasThreshold = float64(l), true
		switch {
		case s.Undefined:
			s.Status = report.Insufficient
		case math.Abs(s.Value) > s.Threshold:
			s.Status = report.Breach
		default:
			s.Status = report.OK
		}
	}
}

// A model is wrapped once; from then on its callers notice nothing, and the
// monitor knows what it was asked and what it answered.
func ExampleWrap() {
	ctx := context.Background()
	schema, err := profile.SchemaOf[loan](profile.Binary(.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	mon, err := monitor.New("loans", schema, monitor.WithLearning(monitor.Learning{Rows: 4, Panes: 3}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer mon.Shutdown(ctx)

	model := func(_ context.Context, l loan) (float64, error) {
		if l.Region == "" {
			return 0, fmt.Errorf("no region")
		}
		return min(1, l.Amount/1000), nil
	}
	predict, err := monitor.Wrap(mon, model)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range []loan{{"a", 100, "north"}, {"b", 900, "south"}, {"c", -5, "north"}, {"d", math.NaN(), ""}} {
		score, err := predict(ctx, l)
		fmt.Println(score, err)
	}
	mon.Flush(ctx)
	mon.Flush(ctx)
	amount := mon.Profile(1).Column(report.Subject{Kind: report.KindFeature, Name: "amount"})
	fmt.Printf("rows %d, errors %d, amounts: %d below the minimum, %d invalid\n",
		mon.Profile(1).Rows, mon.Profile(1).Errors, amount.Below, amount.Invalid)
	// Output:
	// 0.1 <nil>
	// 0.9 <nil>
	// -0.005 <nil>
	// 0 no region
	// rows 4, errors 1, amounts: 1 below the minimum, 1 invalid
}

// Recorded rows are replayed in event time: their own times close the panes, and
// the same rows give the same reports.
func ExampleWithEventTime() {
	ctx := context.Background()
	reference, err := referenceOfLoans()
	if err != nil {
		fmt.Println(err)
		return
	}
	mon, err := monitor.New("loans", reference.Schema(), monitor.WithReference(reference), monitor.WithEventTime(),
		monitor.WithEvaluators(median{}), monitor.WithDecider(limit(.25)),
		monitor.WithPanes(monitor.Panes{Every: 10 * time.Minute, MinRows: 100}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer mon.Shutdown(ctx)

	pane := uint64(0)
	for row := range loans(2*3600, 100) {
		if row.Time.Hour() == 1 { // amounts rise in the second hour
			row.Values[0] = profile.Float(180)
		}
		mon.Observe(ctx, row)
		if r := mon.Report(); r.Pane > pane {
			pane = r.Pane
			s, _ := r.Find("example.median", report.Subject{Kind: report.KindFeature, Name: "amount"}, 1)
			if pane >= 5 && pane <= 8 {
				fmt.Printf("%s %-7s %+.1f on %d rows\n", r.At.Format("15:04"), s.Status, s.Value, s.Current)
			}
		}
	}
	// Output:
	// 00:50 ok      +0.0 on 600 rows
	// 01:00 ok      +0.0 on 600 rows
	// 01:10 breach  +0.6 on 600 rows
	// 01:20 breach  +0.6 on 600 rows
}

func referenceOfLoans() (*profile.Reference, error) {
	schema, err := profile.SchemaOf[loan](profile.Binary(.5))
	if err != nil {
		return nil, err
	}
	return profile.Build(schema, loans(6000, 100))
}

// A measure of one's own is a type with one method, and so is a rule that
// decides.
func ExampleEvaluator() {
	reference, err := referenceOfLoans()
	if err != nil {
		fmt.Println(err)
		return
	}
	mon, err := monitor.New("loans", reference.Schema(), monitor.WithReference(reference),
		monitor.WithEvaluators(median{}), monitor.WithDecider(limit(.25)))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer mon.Shutdown(context.Background())
	for row := range loans(500, 130) { // a little more than in the reference
		mon.Observe(context.Background(), row)
	}
	mon.Flush(context.Background())
	for _, s := range mon.Report().Signals {
		fmt.Printf("%v: %+.1f, threshold %.2f: %v\n", s.Subject, s.Value, s.Threshold, s.Status)
	}
	// Output:
	// feature amount: +0.6, threshold 0.25: breach
	// prediction score: +0.0, threshold 0.25: ok
}

// Without a reference the monitor learns one and says how far it is.
func ExampleLearning() {
	schema, err := profile.SchemaOf[loan](profile.Binary(.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	mon, err := monitor.New("loans", schema, monitor.WithEventTime(), monitor.WithEvaluators(median{}), monitor.WithDecider(limit(.25)),
		monitor.WithPanes(monitor.Panes{Rows: 600}), monitor.WithLearning(monitor.Learning{Rows: 500, Panes: 3}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer mon.Shutdown(context.Background())
	n := 0
	for row := range loans(2400, 100) {
		mon.Observe(context.Background(), row)
		if n++; n%600 != 300 {
			continue
		}
		if p := mon.Report().Learning; p != nil {
			fmt.Printf("row %d: learning %s, %d of %d\n", n, p.What, p.Done, p.Need)
		} else {
			fmt.Printf("row %d: %s\n", n, mon.Report().Events[0].Kind)
		}
	}
	s, _ := mon.Report().Find("example.median", report.Subject{Kind: report.KindFeature, Name: "amount"}, 1)
	fmt.Printf("then: %v, median %+.1f, %v\n", s.Subject, s.Value, s.Status)
	// Output:
	// row 300: learning rows to cut cells from, 0 of 500
	// row 900: learning panes of the reference, 1 of 3
	// row 1500: learning panes of the reference, 2 of 3
	// row 2100: learned
	// then: feature amount, median +0.0, ok
}
