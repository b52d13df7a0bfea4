package rollout

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/tidemark-ml/tidemark/profile"
)

// Case is one row of a frozen labelled set.
type Case[In any] struct {
	In    In
	Truth profile.Truth
}

// CompareOn asks champion and challenger about every case, one after the other,
// alternating who is first, and returns what it has found. A failure or panic of
// a model counts as its failure. It ends with the first error of the cases, or
// where the context does, and says after how many. The plan's target and segments
// are those of the schema.
func CompareOn[In, Out any](ctx context.Context, champion, challenger Predict[In, Out], cases iter.Seq2[Case[In], error], plan ComparisonPlan, wiring Wiring[In, Out]) (Summary, error) {
	if champion == nil || challenger == nil {
		return Summary{}, errors.New("rollout: compare: a predict function is nil; it needs a champion and a challenger")
	}
	reader, err := wiring.reader()
	if err != nil {
		return Summary{}, err
	}
	s := segments[In]{list: segmentsOf(wiring.Schema), width: wiring.Schema.Len(), read: reader.Values}
	plan.Target, plan.Segments, plan.Now = wiring.Schema.Target(), s.names(), now(plan.Now)
	c, err := NewComparison(plan)
	if err != nil {
		return Summary{}, err
	}
	ask := func(model Predict[In, Out], in In) (a Answer) {
		began := plan.Now()
		out, err := contained(ctx, model, in)
		a.Latency, a.Err = plan.Now().Sub(began), err
		if err == nil {
			a.Outcome = outcomeOf(reader, &out)
		}
		return a
	}
	n := 0
	for row, err := range cases {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return c.Summary(), fmt.Errorf("rollout: compare: after %d cases: %w", n, err)
		}
		p := Pair{Truth: row.Truth, Segments: s.of(&row.In)}
		if n%2 == 0 {
			p.Base = ask(champion, row.In)
			p.Candidate = ask(challenger, row.In)
		} else {
			p.Candidate = ask(challenger, row.In)
			p.Base = ask(champion, row.In)
		}
		c.Add(p)
		n++
	}
	return c.Summary(), nil
}

// contained calls a model whose panic is an error here.
func contained[In, Out any](ctx context.Context, model Predict[In, Out], in In) (out Out, err error) {
	defer func() {
		if recover() != nil {
			err = errPanicked
		}
	}()
	return model(ctx, in)
}

// segments finds the segments that a request is in.
type segments[In any] struct {
	list  []segment
	width int // of the schema
	read  func(*In, []profile.Value) bool
}

// segment is a declared value of a segment or group feature.
type segment struct {
	feature int
	value   string
	name    string
}

// segmentsOf lists the declared values of the features that are segments or
// protected groups, as many as there is room for.
func segmentsOf(schema *profile.Schema) (all []segment) {
	for i := range schema.Len() {
		f := schema.Feature(i)
		if !f.Segment && !f.Group {
			continue
		}
		for _, value := range f.OneOf {
			if len(all) < maxSegments {
				all = append(all, segment{i, value, f.Name + "=" + value})
			}
		}
	}
	return all
}

func (s *segments[In]) names() (names []string) {
	for _, g := range s.list {
		names = append(names, g.name)
	}
	return names
}

func (s *segments[In]) of(in *In) (names []string) {
	if len(s.list) == 0 {
		return nil
	}
	values := make([]profile.Value, s.width)
	s.read(in, values)
	for _, g := range s.list {
		if text, ok := values[g.feature].Text(); ok && text == g.value {
			names = append(names, g.name)
		}
	}
	return names
}
