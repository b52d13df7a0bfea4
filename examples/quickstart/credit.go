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
	predict func(context.Context, Applicant) (float64, error)
	random  *rand.Rand
	clock   *simulated
	pace    time.Duration
	found   *narrator
}

// newCreditService trains the model on past applicants, profiles what it was
// trained on, and wraps its predict function.
func newCreditService(f flags) (*creditService, error) {
	start := time.Now().UTC().Truncate(time.Hour).Add(-hours * time.Hour) // so that the stream ends now
	past := population{rand.New(rand.NewPCG(f.seed, 1))}
	var applicants []Applicant
	var defaulted []bool
	for range 60 * rowsPerHour {
		a, d := past.draw()
		applicants, defaulted = append(applicants, a), append(defaulted, d)
	}
	model := train(applicants, defaulted)
	schema, err := profile.SchemaOf[Applicant](profile.Binary(.5))
	if err != nil {
		return nil, err
	}
	reference, err := profileOf(schema, applicants, model)
	if err != nil {
		return nil, err
	}
	s := &creditService{
		random: rand.New(rand.NewPCG(f.seed, 2)), pace: f.pace,
		clock: &simulated{now: start, set: time.Now()}, found: newNarrator(start, time.Hour),
	}
	s.mon, err = monitor.New("credit-risk", schema,
		tidemark.Defaults(),
		monitor.WithVersion("1.4.0"),
		monitor.WithReference(reference),
		monitor.WithExporter(s.found),
		monitor.WithPanes(monitor.Panes{Every: time.Hour}),
		monitor.WithClock(s.clock),
	)
	if err != nil {
		return nil, err
	}
	s.predict, err = monitor.Wrap(s.mon, model.Predict, monitor.LatencyEvery(8))
	return s, err
}

// profileOf builds the reference: the rows the model was trained on, with its
// answers, in time blocks of an hour.
func profileOf(schema *profile.Schema, applicants []Applicant, model *Model) (*profile.Reference, error) {
	binding, err := profile.Bind[Applicant](schema)
	if err != nil {
		return nil, err
	}
	values := make([]profile.Value, schema.Len())
	rows := func(yield func(profile.Row, error) bool) {
		for i := range applicants {
			binding.Row(&applicants[i], values)
			score, err := model.Predict(context.Background(), applicants[i])
			if !yield(profile.Row{Values: values, Outcome: profile.Outcome{Score: score}}, err) {
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
	fmt.Printf("A credit service, %d applicants an hour, healthy for 48 hours, then four faults, one a day.\n\n", rowsPerHour)
	world := population{s.random}
	all := faults()
	for hour := range hours {
		for _, f := range all {
			if f.hour == hour {
				s.found.injected(f, s.clock.Now())
			}
		}
		for n := range rowsPerHour {
			a, _ := world.draw()
			a.ID = fmt.Sprintf("%d-%d", hour, n)
			for _, f := range all {
				if hour >= f.hour {
					f.apply(&a, s.random)
				}
			}
			if _, err := s.predict(ctx, a); err != nil {
				return err
			}
		}
		s.clock.advance(time.Hour)
		if err := s.mon.Flush(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(s.pace):
		}
	}
	return s.found.summary(all)
}
