package drift

import (
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// season is how a reference's columns differ between the slots of a week: hours
// of the day (UTC), apart for weekdays and weekends. A window shorter than a day
// is compared with what its own slots let one expect, so that the season does
// not count as wandering. It is immutable.
type season struct {
	hours   int             // in a slot
	slots   []int           // of the reference's panes
	columns []*seasonColumn // nil where slots explain little
}

// seasonColumn is the season of one column.
type seasonColumn struct {
	rows  []float64   // in cells, by slot
	delta [][]float64 // share of each cell in each slot less that in all
}

const (
	day         = 24 * time.Hour
	seasonSpan  = 14 * day // the shortest reference that shows a weekly season
	slotRows    = 2000     // the fewest rows
	slotPanes   = 3        // and panes in a slot
	slotKinds   = 2        // weekdays and weekends
	seasonWorth = .8       // share of the variance that may be left where slots are used
)

type seasonKey struct{}

// season returns the season of the reference, nil where it has no times, is
// shorter than two weeks, has too little in each slot, or has no season.
func (c *calibration) season() *season {
	return c.reference.Memo(seasonKey{}, func() any {
		for _, hours := range [...]int{1, 4, 12} {
			if s := c.newSeason(hours); s != nil {
				return s
			}
		}
		return (*season)(nil)
	}).(*season)
}

func (c *calibration) newSeason(hours int) *season {
	panes := c.reference.Panes()
	if c.live || c.blocks == 0 || panes[len(panes)-1].End.Sub(panes[0].Start) < seasonSpan {
		return nil
	}
	s := &season{hours: hours}
	rows := make([]uint64, slotKinds*24/hours)
	count := make([]int, len(rows))
	for _, p := range panes {
		slot := s.slot(p)
		if slot < 0 {
			return nil
		}
		s.slots = append(s.slots, slot)
		rows[slot] += p.Rows
		count[slot]++
	}
	for i, n := range count {
		if n > 0 && (n < slotPanes || rows[i] < slotRows) {
			return nil
		}
	}
	used := false
	for i, p := range c.plans {
		s.columns = append(s.columns, c.seasonColumn(s, i, p, len(rows)))
		used = used || s.columns[i] != nil
	}
	if !used {
		return nil
	}
	return s
}

// slot returns the slot of a pane by its middle, -1 where it has no times or is
// longer than a slot.
func (s *season) slot(p *profile.Pane) int {
	length := p.End.Sub(p.Start)
	if p.Start.IsZero() || length <= 0 || length > time.Duration(s.hours)*time.Hour {
		return -1
	}
	at := p.Start.Add(length / 2).UTC()
	hour := at.Hour()
	if s.hours == 12 {
		hour = (hour + 18) % 24 // day is from 6 to 18
	}
	slot := hour / s.hours
	if d := at.Weekday(); d == time.Saturday || d == time.Sunday {
		slot += 24 / s.hours
	}
	return slot
}

// seasonColumn returns the season of column i, nil where it leaves more than
// seasonWorth of the variance between blocks.
func (c *calibration) seasonColumn(s *season, i int, p *plan, slots int) *seasonColumn {
	if p.constant || p.m == 0 {
		return nil
	}
	var all series
	all.load(p, c.reference.Panes())
	k := &seasonColumn{rows: make([]float64, slots), delta: make([][]float64, slots)}
	for at := range all.panes {
		slot := s.slots[at]
		if k.delta[slot] == nil {
			k.delta[slot] = make([]float64, len(p.q))
		}
		k.rows[slot] += all.panes[at].n
		for b, v := range all.panes[at].cells {
			k.delta[slot][b] += v
		}
	}
	for slot, delta := range k.delta {
		if delta != nil && k.rows[slot] < slotRows/2 {
			return nil // mostly missing
		}
		for b := range delta {
			delta[b] = delta[b]/k.rows[slot] - p.q[b]
		}
	}
	plain := c.estimates(1, nil)[i]
	all.deseason(p, k, s.slots)
	left := c.estimate(p, &all, 1)
	own, main := p.total/p.m/c.blockRows, p.main()
	if known := 2 - left.share; (left.tau2[main]+own)*known > seasonWorth*(plain.tau2[main]+own) {
		return nil
	}
	return k
}
