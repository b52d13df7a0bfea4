package main

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// world is a model with synthetic columns: what its panes look like, given the
// state of each column.
type world struct {
	geometry *profile.Geometry
	columns  []*column // the features, then the score
	scratch  *profile.Profile
}

// surveyRows make the cells; they are exact quantiles.
const surveyRows = 4000

// newWorld makes a world of this many columns, the last of which is the score.
// Mixed worlds cycle through all kinds, others are all normal.
func newWorld(columns int, mixed bool) (*world, error) {
	cycle := []kind{normalKind, poissonKind, zerosKind, labelKind, churnKind}
	if !mixed {
		cycle = cycle[:1]
	}
	kinds := make([]kind, columns)
	features := make([]profile.Feature, columns-1)
	for i := range features {
		kinds[i] = cycle[i%len(cycle)]
		features[i] = profile.Feature{Name: "f" + strconv.Itoa(i)}
		if kinds[i] == labelKind || kinds[i] == churnKind {
			features[i].Kind = profile.Categorical
		}
	}
	kinds[columns-1] = scoreKind
	schema, err := profile.NewSchema(profile.Binary(.5), features...)
	if err != nil {
		return nil, err
	}
	reference, err := profile.Build(schema, survey(kinds))
	if err != nil {
		return nil, err
	}
	w := &world{geometry: reference.Geometry()}
	w.scratch = w.geometry.New(profile.CountsOnly)
	for i, k := range kinds {
		w.columns = append(w.columns, newColumn(k, i, w.geometry.Axis(i), i%2 == 1 && i < columns-1))
	}
	return w, nil
}

// clone returns a world with scratch memory of its own.
func (w *world) clone() *world {
	c := &world{geometry: w.geometry, scratch: w.geometry.New(profile.CountsOnly)}
	for _, column := range w.columns {
		own := *column
		own.p, own.single = make([]float64, len(column.p)), make([]uint64, len(column.single))
		c.columns = append(c.columns, &own)
	}
	return c
}

func survey(kinds []kind) iter.Seq2[profile.Row, error] {
	shares := zipf()
	return func(yield func(profile.Row, error) bool) {
		for j := range surveyRows {
			u := (float64(j) + .5) / surveyRows
			row := profile.Row{Values: make([]profile.Value, len(kinds)-1), Outcome: profile.Outcome{Score: u}}
			for i := range row.Values {
				switch k := kinds[i]; k {
				case labelKind, churnKind:
					row.Values[i] = profile.String(labelAt(shares, u))
				default:
					row.Values[i] = profile.Float(k.quantile(u))
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func labelAt(shares []float64, u float64) string {
	i := 0
	for ; i < len(shares)-1 && u >= shares[i]; i++ {
		u -= shares[i]
	}
	return fmt.Sprintf("c%d", i)
}

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// pane draws a pane of n rows in the given states; at counts hours.
func (w *world) pane(r *rand.Rand, n, at int, states func(column int) *state) *profile.Pane {
	p := w.scratch
	p.Reset()
	p.Rows = uint64(n)
	p.Start = epoch.Add(time.Duration(at) * time.Hour)
	p.End = p.Start.Add(time.Hour)
	for i, c := range w.columns {
		c.draw(r, n, states(i), &p.Columns[i].Tally)
	}
	return p.Pack()
}

// reference merges panes into one.
func (w *world) reference(panes []*profile.Pane) (*profile.Reference, error) {
	whole := w.geometry.New(profile.CountsOnly)
	for _, p := range panes {
		if err := p.AddTo(whole); err != nil {
			return nil, err
		}
	}
	return profile.NewReference(whole, panes, profile.Provenance{})
}
