package profile

import (
	"errors"
	"time"

	"github.com/tidemark-ml/tidemark/report"
	"github.com/tidemark-ml/tidemark/sketch"
)

// Profile is everything observed in some stretch of time: bounded, mergeable,
// serialisable. It is not safe for concurrent use while it is written to.
type Profile struct {
	Rows    uint64 // rows observed, those with errors included
	Errors  uint64 // rows whose prediction failed
	Panics  uint64 // of these, how many by a panic
	Surplus uint64 // values beyond the schema, ignored
	Clipped uint64 // labels cut to MaxLabel bytes or dropped for want of room
	Start   time.Time
	End     time.Time
	Newest  time.Time // latest time of any row; zero where rows had none
	// Columns are parallel to the axes of the geometry.
	Columns []Column
	// Joint is what is known about features together; nil where nothing is.
	Joint *Joint
	// Groups is what is known of protected groups without labels, parallel to
	// [Geometry.Groups]; empty where none is declared.
	Groups []GroupCounts
	// Attributions are by feature; nil where no row had any.
	Attributions []Attribution
	// Scores are the scores by cell of the rows looked at, by axis of the features,
	// then cell; nil where only counts are kept.
	Scores [][]Sum
	// Segments are the counts of each segment, parallel to [Geometry.Segments]:
	// cells, missing, invalid and unseen, nothing else. Empty where no segment is
	// declared.
	Segments []*Profile
	// Reservoir is a sample of the rows as cells; nil unless the reference was
	// built with [KeepRows], and where only counts are kept.
	Reservoir *Reservoir
	// Outcomes are what came true of these rows; nil where no truth is known.
	Outcomes *Outcomes

	geometry *Geometry
}

// Column is what is known about one axis.
type Column struct {
	Tally
	// Moments of the valid numbers; empty for labels. Min and Max are NaN for
	// sensitive features, whose extremes are nobody's business.
	Moments sketch.Moments
	// Quantiles of the valid numbers; nil for labels, for sensitive features
	// and for profiles of more than one pane.
	Quantiles *sketch.Quantiles
	// Distinct estimates the number of distinct labels outside the cells; nil
	// for numbers.
	Distinct *sketch.Distinct
	// Novel are the most frequent labels that were in no cell; nil for numbers
	// and for sensitive features.
	Novel *sketch.Frequent
}

// Detail says how much a profile holds.
type Detail uint8

const (
	// CountsOnly profiles hold tallies and moments.
	CountsOnly Detail = iota
	// WithSketches adds quantiles, distinct counts and novel labels.
	WithSketches
)

// novelCapacity bounds the unseen labels that are remembered per column.
const novelCapacity = 16

// New returns an empty profile cut as g says.
func (g *Geometry) New(detail Detail) *Profile {
	p := &Profile{geometry: g, Columns: make([]Column, g.Len()), Joint: g.joint.newJoint(), Segments: g.newSegments()}
	p.Groups = make([]GroupCounts, len(g.groups.Groups))
	if detail == WithSketches {
		p.Scores, p.Reservoir = g.newScores(), g.newReservoir()
	}
	for i := range p.Columns {
		a, c := g.Axis(i), &p.Columns[i]
		c.Cells = make([]uint64, a.Cells())
		switch {
		case detail == CountsOnly:
		case !a.Numbers():
			c.Distinct = sketch.NewDistinct()
			if !a.Feature.Sensitive {
				c.Novel = sketch.NewFrequent(novelCapacity)
			}
		case !a.Feature.Sensitive:
			c.Quantiles = sketch.NewQuantiles(digestCompression)
		}
	}
	return p
}

const digestCompression = 200

// newScores returns empty sums for the cells of every feature that losses are
// followed of.
func (g *Geometry) newScores() [][]Sum {
	scores := make([][]Sum, g.schema.Len())
	for i := range scores {
		if g.FollowsLoss(i) {
			scores[i] = make([]Sum, g.axes[i].Cells()+1)
		}
	}
	return scores
}

// Geometry returns how the profile is cut.
func (p *Profile) Geometry() *Geometry { return p.geometry }

// Column returns the column of a subject, nil where there is none.
func (p *Profile) Column(s report.Subject) *Column {
	for i := range p.Columns {
		if p.geometry.Axis(i).Subject == s {
			return &p.Columns[i]
		}
	}
	return nil
}

// Merge adds o. It commutes and associates: counts exactly, moments to 1e-12,
// sketches within their error. A sketch that either side lacks is lost. It
// returns an error that wraps [ErrGeometry], and changes nothing, where the two
// were cut differently. A nil o is a no-op.
func (p *Profile) Merge(o *Profile) error {
	if o == nil {
		return nil
	}
	if err := p.geometry.same(o.geometry); err != nil {
		return err
	}
	p.Rows += o.Rows
	p.Errors += o.Errors
	p.Panics += o.Panics
	p.Surplus += o.Surplus
	p.Clipped += o.Clipped
	p.stretch(o.Start, o.End)
	p.Newest = later(p.Newest, o.Newest)
	p.Joint = p.Joint.merged(o.Joint)
	if err := p.mergeRows(o); err != nil {
		return err
	}
	for i := range p.Columns {
		if err := p.Columns[i].merge(&o.Columns[i]); err != nil {
			return err
		}
	}
	return nil
}

// mergeRows adds what was counted by looking at rows.
func (p *Profile) mergeRows(o *Profile) error {
	for i := range o.Groups {
		p.Groups[i].merge(&o.Groups[i])
	}
	if len(o.Attributions) > 0 {
		p.attribute(o.Attributions)
	}
	if p.Scores != nil && o.Scores != nil {
		for i := range o.Scores {
			addSums(p.Scores[i], o.Scores[i])
		}
	} else {
		p.Scores = nil
	}
	if p.Reservoir != nil && o.Reservoir != nil {
		p.Reservoir.merge(o.Reservoir)
	} else {
		p.Reservoir = nil
	}
	if len(p.Segments) == 0 && len(o.Segments) > 0 {
		p.Segments = p.geometry.newSegments()
	}
	for i := range o.Segments {
		if err := p.Segments[i].Merge(o.Segments[i]); err != nil {
			return err
		}
	}
	if o.Outcomes == nil {
		return nil
	}
	if p.Outcomes == nil {
		p.Outcomes = p.geometry.NewOutcomes(CountsOnly)
	}
	return p.Outcomes.Merge(o.Outcomes)
}

// stretch widens [Start, End) to take in [start, end).
func (p *Profile) stretch(start, end time.Time) {
	if !start.IsZero() && (p.Start.IsZero() || start.Before(p.Start)) {
		p.Start = start
	}
	if end.After(p.End) {
		p.End = end
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (c *Column) merge(o *Column) error {
	c.Tally.add(&o.Tally)
	c.Moments.Merge(o.Moments)
	if c.Quantiles != nil && o.Quantiles != nil {
		c.Quantiles.Merge(o.Quantiles)
	} else {
		c.Quantiles = nil
	}
	var novel, distinct error
	if c.Novel != nil && o.Novel != nil {
		novel = c.Novel.Merge(o.Novel)
	} else {
		c.Novel = nil
	}
	if c.Distinct != nil && o.Distinct != nil {
		distinct = c.Distinct.Merge(o.Distinct)
	} else {
		c.Distinct = nil
	}
	return errors.Join(novel, distinct)
}

// Reset empties the profile and keeps its memory.
func (p *Profile) Reset() {
	columns := p.Columns
	p.Joint.reset()
	for i := range columns {
		c := &columns[i]
		c.Tally.reset()
		c.Moments = sketch.Moments{}
		if c.Quantiles != nil {
			c.Quantiles.Reset()
		}
		if c.Distinct != nil {
			c.Distinct.Reset()
		}
		if c.Novel != nil {
			c.Novel.Reset()
		}
	}
	p.clearRows()
	p.Reservoir.reset()
	for _, sums := range p.Scores {
		clear(sums)
	}
	*p = Profile{
		geometry: p.geometry, Columns: columns, Joint: p.Joint, Groups: p.Groups,
		Attributions: p.Attributions, Scores: p.Scores, Segments: p.Segments, Outcomes: p.Outcomes, Reservoir: p.Reservoir,
	}
}

// clearRows empties what addRows of a pane fills.
func (p *Profile) clearRows() {
	clear(p.Groups)
	clear(p.Attributions)
	for _, s := range p.Segments {
		s.Reset()
	}
	p.Outcomes.Reset()
}

// forgetNovel drops the labels outside the cells: a reference is a file that
// people pass around, and a rare label could name a person.
func (p *Profile) forgetNovel() {
	for i := range p.Columns {
		p.Columns[i].Novel = nil
	}
}
