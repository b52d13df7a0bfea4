package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// rowsPerHour is the traffic of the credit service.
const rowsPerHour = 1000

// creditService serves applicants hour by hour.
type creditService struct {
	mon     *monitor.Monitor
	model   *Model
	world   *population
	predict func(context.Context, Applicant) (float64, error)
	truths  truths
	clock   *simulated
	pace    time.Duration
	found   *narrator
}

// accepted is the business figure: what the accepted applicants borrow.
const accepted = "accepted amount"

// newCreditService trains the model on past applicants, profiles what it was
// trained on, and wraps its predict function.
func newCreditService(f flags) (*creditService, error) {
	start := time.Now().UTC().Truncate(time.Hour).Add(-hours * time.Hour) // so that the stream ends now
	past := &population{random: rand.New(rand.NewPCG(f.seed, 1))}
	var applicants []Applicant
	var defaulted []bool
	for range 60 * rowsPerHour {
		a, d := past.draw()
		applicants, defaulted = append(applicants, a), append(defaulted, d)
	}
	model := train(applicants, defaulted)
	schema, err := profile.SchemaOf[Applicant](profile.Binary(threshold))
	if err != nil {
		return nil, err
	}
	reference, err := profileOf(schema, applicants, defaulted, model)
	if err != nil {
		return nil, err
	}
	s := &creditService{
		model: model, world: &population{random: rand.New(rand.NewPCG(f.seed, 2))}, pace: f.pace,
		clock: &simulated{now: start, set: time.Now()}, found: newNarrator(start, time.Hour),
	}
	s.mon, err = monitor.New("credit-risk", schema,
		tidemark.Defaults(),
		monitor.WithVersion("1.4.0"),
		monitor.WithReference(reference),
		monitor.WithExporter(s.found),
		monitor.WithPanes(monitor.Panes{Every: time.Hour}),
		// Defaults come later than repayments: whoever concludes from the first 80 %
		// of the truths, which is usual, has hardly seen one. So all are waited for.
		monitor.WithLabels(monitor.Labels{MaxDelay: latest * time.Hour, Maturity: 1}),
		monitor.WithKPIs(monitor.KPI{Name: accepted, Unit: "kEUR"}),
		monitor.WithClock(s.clock),
		monitor.WithStripes(1), // one caller; so runs of one seed are alike
	)
	if err != nil {
		return nil, err
	}
	s.predict, err = monitor.Wrap(s.mon, model.Predict, monitor.LatencyEvery(8))
	return s, err
}

// profileOf builds the reference: the rows the model was trained on, with its
// answers and what became of them, in time blocks of an hour.
func profileOf(schema *profile.Schema, applicants []Applicant, defaulted []bool, model *Model) (*profile.Reference, error) {
	binding, err := profile.Bind[Applicant](schema)
	if err != nil {
		return nil, err
	}
	values := make([]profile.Value, schema.Len())
	rows := func(yield func(profile.Row, error) bool) {
		for i := range applicants {
			binding.Row(&applicants[i], values)
			score, err := model.Predict(context.Background(), applicants[i])
			if !yield(profile.Row{Values: values, Outcome: profile.Outcome{Score: score}, Truth: known(defaulted[i])}, err) {
				return
			}
		}
	}
	return profile.Build(schema, rows, profile.BlockRows(rowsPerHour),
		profile.From(profile.Provenance{Dataset: "60,000 past applicants"}))
}

func (s *creditService) monitor() *monitor.Monitor { return s.mon }

// run serves hour after hour, each with the faults that have begun.
func (s *creditService) run(ctx context.Context) error {
	fmt.Printf("A credit service, %d applicants an hour, healthy for 48 hours, then six faults, one a day.\n", rowsPerHour)
	fmt.Printf("What became of a loan is known hours later if it is repaid, up to two days later if not.\n\n")
	all := faults()
	for hour := range hours {
		began := time.Now()
		for _, f := range all {
			if f.hour == hour {
				s.begin(f)
			}
		}
		if err := s.serve(ctx, hour, all); err != nil {
			return err
		}
		s.clock.advance(time.Hour)
		s.truths.next(s.world.random, func(id string, truth profile.Truth) { s.mon.Label(ctx, id, truth) })
		if err := s.mon.Flush(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(s.pace - time.Since(began)):
		}
	}
	err := s.found.summary(all)
	s.found.close(s.mon, uint64(all[0].hour))
	return err
}

func (s *creditService) begin(f fault) {
	s.found.injected(f, s.clock.Now())
	if f.begin != nil {
		f.begin(s)
	}
}

// serve answers the applicants of an hour.
func (s *creditService) serve(ctx context.Context, hour int, all []fault) error {
	for n := range rowsPerHour {
		a, defaulted := s.world.draw()
		a.ID = fmt.Sprintf("%d-%d", hour, n)
		for _, f := range all {
			if hour >= f.hour && f.apply != nil {
				f.apply(&a, s.world.random)
			}
		}
		score, err := s.predict(ctx, a)
		if err != nil {
			return err
		}
		if score < threshold {
			s.mon.Record(ctx, a.ID, accepted, a.Amount)
		}
		s.truths.add(a.ID, defaulted, s.world.random)
	}
	return nil
}
