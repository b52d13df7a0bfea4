package fairness_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/fairness"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// world is a model whose protected groups are filled by hand: one feature with
// as many declared values.
type world struct {
	t         testing.TB
	reference *profile.Reference
}

func names(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("v%02d", i))
	}
	return out
}

func newWorld(t testing.TB, target profile.Target, features ...profile.Feature) *world {
	t.Helper()
	schema, err := profile.NewSchema(target, features...)
	if err != nil {
		t.Fatal(err)
	}
	reference, err := profile.Build(schema, func(yield func(profile.Row, error) bool) {
		row := profile.Row{Values: make([]profile.Value, len(features)), Outcome: profile.Outcome{Score: .1}}
		if target.Task == profile.MulticlassTask {
			row.Outcome.Class = target.Classes[0]
		}
		for range 10 {
			if !yield(row, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, reference}
}

func oneFeature(t *testing.T, groups int) *world {
	return newWorld(t, profile.Binary(.5), profile.Feature{Name: "g", Kind: profile.Categorical, OneOf: names(groups), Group: true})
}

// counts draws rows of a group decided positive with probability rate.
func counts(r *rand.Rand, rows int, rate float64) (c profile.GroupCounts) {
	for range rows {
		score := .25
		if r.Float64() < rate {
			score = .75
			c.Selected++
		}
		c.Rows++
		c.Score.Add(score)
		c.Cells[int(score*profile.GroupScoreCells)]++
	}
	return c
}

// outcomes draws labelled rows: half are positive, found with probability tpr;
// of the others fpr are selected.
func outcomes(r *rand.Rand, rows int, tpr, fpr float64) (c profile.GroupOutcomes) {
	for range rows {
		truth, decided, score := r.IntN(2), 0, .25
		if r.Float64() < []float64{fpr, tpr}[truth] {
			decided, score = 1, .75
		}
		c.Labelled++
		c.Confusion[decided][truth]++
		c.Cells[int(score*profile.GroupScoreCells)][truth]++
		c.Score.Add(score)
		c.Truth.Add(float64(truth))
		c.Error.Add(score - float64(truth))
	}
	return c
}

// fill sets what p counts of groups; what is not given stays empty.
func (w *world) fill(p *profile.Profile, counts []profile.GroupCounts, outcomes []profile.GroupOutcomes) *profile.Profile {
	n := len(w.reference.Geometry().Groups().Groups)
	p.Groups = make([]profile.GroupCounts, n)
	copy(p.Groups, counts)
	p.Rows = 0
	for _, c := range p.Groups {
		p.Rows += c.Rows
	}
	p.Outcomes = nil
	if outcomes != nil {
		p.Outcomes = w.reference.Geometry().NewOutcomes(profile.CountsOnly)
		copy(p.Outcomes.Groups, outcomes)
	}
	return p
}

func (w *world) window(counts []profile.GroupCounts, outcomes []profile.GroupOutcomes) profile.Comparison {
	return profile.Comparison{
		Reference: w.reference, Window: report.Window{Scale: 1, Pane: 1},
		Current: w.fill(w.reference.Geometry().New(profile.CountsOnly), counts, outcomes),
	}
}

func find(signals []report.Signal, name, group string) (report.Signal, bool) {
	for _, s := range signals {
		if s.Name == name && s.Subject.Name == group {
			return s, true
		}
	}
	return report.Signal{}, false
}

func get(t *testing.T, signals []report.Signal, name, group string) report.Signal {
	t.Helper()
	s, ok := find(signals, name, group)
	if !ok {
		t.Fatalf("no signal %s about %s", name, group)
	}
	return s
}

var _ = fairness.Parity{}
