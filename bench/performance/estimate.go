package main

import (
	"fmt"
	"io"
	"math"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// chunks are the figures of one data set in chunks of one size.
type chunks struct {
	Data    string  `json:"data"`
	Rows    int     `json:"rows_per_chunk"`
	Chunks  []chunk `json:"chunks"`
	Errors  figures `json:"mean_absolute_error"` // of estimates against what was realised
	Covered figures `json:"share_in_interval"`
}

// chunk is one stretch of rows.
type chunk struct {
	First     int       `json:"first_row"`
	Realised  figures   `json:"realised"`
	Estimated estimated `json:"estimated"`
}

// figures are the measures of the table.
type figures struct {
	Accuracy float64 `json:"accuracy"`
	F1       float64 `json:"f1"`
	AUC      float64 `json:"roc_auc"`
}

type estimated struct {
	figures
	Low  figures `json:"low"`
	High figures `json:"high"`
}

func (f *figures) all() [3]*float64 { return [...]*float64{&f.Accuracy, &f.F1, &f.AUC} }

var measures = [...]string{"accuracy", "f1", "roc_auc"}

// chunkSizes are those that the tables are made for.
var chunkSizes = [...]int{500, 10_000}

func estimates(folder string) (all []chunks, err error) {
	for _, load := range [...]func(string) (*labelled, error){california, employment} {
		d, err := load(folder)
		if err != nil {
			return nil, err
		}
		for _, rows := range chunkSizes {
			c, err := d.estimate(rows)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", d.name, err)
			}
			all = append(all, c)
		}
	}
	return all, nil
}

// labelled is a data set with a stretch of reference and a later one.
type labelled struct {
	name                string
	schema              *profile.Schema
	reference, analysis []profile.Row
}

func california(folder string) (*labelled, error) {
	f := file{
		name:  "nannyml_california_housing_reference.csv.gz",
		score: "y_pred_proba", label: "clf_target", id: "id",
		features: []string{"MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude", "Longitude"},
	}
	d := &labelled{name: "california"}
	var err error
	if d.reference, d.schema, err = f.read(folder, profile.Binary(.5), nil); err != nil {
		return nil, err
	}
	f.name, f.label = "nannyml_california_housing_analysis.csv.gz", ""
	if d.analysis, _, err = f.read(folder, profile.Binary(.5), d.schema); err != nil {
		return nil, err
	}
	return d, d.join(folder, "nannyml_california_housing_analysis_gt.csv.gz", "clf_target")
}

// join gives the rows of the analysis their truths, which are in another file.
func (d *labelled) join(folder, name, label string) error {
	ids, err := column(folder, name, "id")
	if err != nil {
		return err
	}
	truths, err := column(folder, name, label)
	if err != nil {
		return err
	}
	by := make(map[string]profile.Truth, len(ids))
	for i, id := range ids {
		by[id] = profile.Negative()
		if truths[i] == "1" {
			by[id] = profile.Positive()
		}
	}
	for i := range d.analysis {
		d.analysis[i].Truth = by[d.analysis[i].ID]
	}
	return nil
}

func employment(folder string) (*labelled, error) {
	census := []string{"SCHL", "MAR", "RELP", "DIS", "ESP", "CIT", "MIG", "MIL", "ANC", "NATIVITY", "DEAR", "DEYE", "DREM", "SEX", "RAC1P"}
	f := file{
		name:  "nannyml_employment_MA_reference.csv.gz",
		score: "predicted_probability", label: "employed", id: "id",
		features: append([]string{"AGEP"}, census...), categorical: census,
	}
	d := &labelled{name: "employment"}
	var err error
	if d.reference, d.schema, err = f.read(folder, profile.Binary(.5), nil); err != nil {
		return nil, err
	}
	f.name = "nannyml_employment_MA_analysis.csv.gz"
	d.analysis, _, err = f.read(folder, profile.Binary(.5), d.schema)
	return d, err
}

// leastChunk is the part of a chunk's rows that a last one needs.
const leastChunk = .5

func (d *labelled) estimate(rows int) (c chunks, err error) {
	c = chunks{Data: d.name, Rows: rows}
	reference, err := profile.Build(d.schema, profile.Rows(d.reference), profile.BlockRows(min(rows, len(d.reference)/20)), profile.NoPairs())
	if err != nil {
		return c, err
	}
	for first := 0; first < len(d.analysis); first += rows {
		part := d.analysis[first:min(first+rows, len(d.analysis))]
		if float64(len(part)) < leastChunk*float64(rows) {
			break
		}
		judged, err := judge(reference, part, first)
		if err != nil {
			return c, err
		}
		c.Chunks = append(c.Chunks, judged)
	}
	c.sum()
	return c, nil
}

// judge compares one chunk, the estimate not knowing its labels.
func judge(reference *profile.Reference, rows []profile.Row, first int) (c chunk, err error) {
	current, err := reference.Geometry().Fill(profile.WithSketches, profile.Rows(rows))
	if err != nil {
		return c, err
	}
	r := monitor.Compare(reference, current, []monitor.Evaluator{performance.Binary{}, &performance.Estimated{}}, nil)
	c.First = first
	model := report.Subject{Kind: report.KindModel}
	for i, name := range measures {
		realised := find(r, "performance."+name, model)
		estimate := find(r, "estimated."+name, model)
		*c.Realised.all()[i] = realised.Value
		*c.Estimated.all()[i] = estimate.Value
		*c.Estimated.Low.all()[i], *c.Estimated.High.all()[i] = estimate.Low, estimate.High
	}
	return c, nil
}

func find(r *report.Report, name string, _ report.Subject) report.Signal {
	for _, s := range r.Signals {
		if s.Name == name {
			return s
		}
	}
	return report.Signal{}
}

// sum says how far estimates were off, and how often within their intervals.
func (c *chunks) sum() {
	n := float64(len(c.Chunks))
	for k := range c.Chunks {
		x := &c.Chunks[k]
		for i := range measures {
			realised, estimate := *x.Realised.all()[i], *x.Estimated.all()[i]
			*c.Errors.all()[i] += math.Abs(realised-estimate) / n
			if realised >= *x.Estimated.Low.all()[i] && realised <= *x.Estimated.High.all()[i] {
				*c.Covered.all()[i] += 1 / n
			}
		}
	}
}

// shown is how many chunks of a table are printed.
const shown = 24

func printEstimates(w io.Writer, all []chunks) {
	for _, c := range all {
		fmt.Fprintf(w, "%s, chunks of %d rows: realised / estimated without labels (95 %%)\n\n", c.Data, c.Rows)
		fmt.Fprintf(w, "%9s", "row")
		for _, name := range measures {
			fmt.Fprintf(w, "  %-28s", name)
		}
		fmt.Fprintln(w)
		step := max(1, (len(c.Chunks)+shown-1)/shown)
		for i := 0; i < len(c.Chunks); i += step {
			x := &c.Chunks[i]
			fmt.Fprintf(w, "%9d", x.First)
			for k := range measures {
				fmt.Fprintf(w, "  %.3f / %.3f (%.3f to %.3f)", *x.Realised.all()[k], *x.Estimated.all()[k],
					*x.Estimated.Low.all()[k], *x.Estimated.High.all()[k])
			}
			fmt.Fprintln(w)
		}
		if step > 1 {
			fmt.Fprintf(w, "%9s  one chunk of %d is printed, of %d\n", "", step, len(c.Chunks))
		}
		fmt.Fprintf(w, "%9s", "error")
		for k := range measures {
			fmt.Fprintf(w, "  %-28s", fmt.Sprintf("%.4f, in interval %.0f %%", *c.Errors.all()[k], 100**c.Covered.all()[k]))
		}
		fmt.Fprint(w, "\n\n")
	}
}
