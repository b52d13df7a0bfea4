package drift

import (
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// deseason takes the season out of the panes, which are of these slots.
func (s *series) deseason(p *plan, k *seasonColumn, slots []int) {
	s.season, s.slots = k, slots
	for i := range s.panes {
		s.keep(i)
		c := &s.panes[i]
		for b, d := range k.delta[slots[i]] {
			c.cells[b] -= d * c.n
		}
		s.project(p, i)
	}
}

// keep keeps the counts of pane i as they were.
func (s *series) keep(i int) {
	for len(s.raw) <= i {
		s.raw = append(s.raw, nil)
	}
	s.raw[i] = append(s.raw[i][:0], s.panes[i].cells...)
}

// known returns the reference rows that the expectation of the panes [a, b) is
// worth, 1/Σ(share²/rows) over slots.
func (s *series) known(a, b int) float64 {
	var inSlot [slotKinds * 24]float64
	n := 0.0
	for i := a; i < b; i++ {
		inSlot[s.slots[i]] += s.panes[i].n
		n += s.panes[i].n
	}
	sum := 0.0
	for slot, rows := range s.season.rows {
		if rows > 0 {
			sum += inSlot[slot] * inSlot[slot] / rows
		}
	}
	if sum == 0 {
		return 0
	}
	return n * n / sum
}

// known is the same for windows of w of the reference's panes: the harmonic mean
// over all of them, as it is variances that are averaged.
func (k *seasonColumn) known(slots []int, w int) float64 {
	inverse, windows := 0.0, 0.0
	for i := range max(len(slots)-w+1, 0) {
		var inSlot [slotKinds * 24]float64
		for _, slot := range slots[i : i+w] {
			inSlot[slot]++
		}
		for slot, n := range inSlot {
			if n > 0 {
				inverse += n * n / float64(w*w) / k.rows[slot]
			}
		}
		windows++
	}
	if inverse == 0 {
		return 0
	}
	return windows / inverse
}

// deseason takes the season of the panes of the window out of its counts.
func (j *judge) deseason(p *plan, k *seasonColumn) {
	j.live.deseason(p, k, j.slots)
	j.window.m = j.live.known(0, len(j.live.panes))
	j.removed = resized(j.removed, len(p.q))
	clear(j.removed)
	for i := range j.live.panes {
		n := j.live.panes[i].n
		for b, d := range k.delta[j.slots[i]] {
			j.window.cells[b] -= d * n
			j.removed[b] += d * n
		}
	}
	j.window.removed = j.removed
}

// seasonal returns the season to take out of the comparison's window and fills in
// the slots of its panes, nil where there is none.
func (j *judge) seasonal(cmp profile.Comparison) *season {
	n := len(cmp.Panes)
	if j.once || n == 0 || j.blocks == 0 || cmp.Panes[n-1].End.Sub(cmp.Panes[0].Start) >= day {
		return nil
	}
	s := j.season()
	if s == nil {
		return nil
	}
	j.slots = j.slots[:0]
	for _, p := range cmp.Panes {
		slot := s.slot(p)
		if slot < 0 || !s.shows(slot) {
			return nil
		}
		j.slots = append(j.slots, slot)
	}
	return s
}

// shows reports whether the reference has panes in the slot.
func (s *season) shows(slot int) bool {
	for _, k := range s.columns {
		if k != nil {
			return k.rows[slot] > 0
		}
	}
	return false
}

// column returns the season of column i at a scale, nil where there is none to
// take out.
func (v *variability) column(i, scale int) *seasonColumn {
	if v.season == nil || !v.brief[scale] {
		return nil
	}
	return v.season.columns[i]
}

// settle makes windows of a day or more, and columns without a season, those of
// the plain variability.
func (v *variability) settle(plain *variability, panes []*profile.Pane) {
	v.plain = plain
	var length time.Duration
	for _, p := range panes {
		length += p.End.Sub(p.Start)
	}
	length /= time.Duration(len(panes))
	v.brief = make([]bool, len(v.widths))
	for scale, w := range v.widths {
		v.brief[scale] = time.Duration(w)*length < day
	}
	for i := range v.levels {
		if v.season.columns[i] == nil {
			v.memory[i] = plain.memory[i]
		} else {
			v.spend(i)
		}
		for scale := range v.brief {
			if k := v.column(i, scale); k == nil {
				v.levels[i][scale] = plain.levels[i][scale]
			} else {
				v.levels[i][scale].known = k.known(v.season.slots, v.widths[scale])
			}
		}
	}
}

// spend takes the slots that were estimated from the degrees of freedom.
func (v *variability) spend(i int) {
	used := 0.0
	for _, rows := range v.season.columns[i].rows {
		if rows > 0 {
			used++
		}
	}
	most := max(3, float64(len(v.season.slots))-used)
	for k, m := range v.memory[i] {
		v.memory[i][k] = min(m, most)
	}
}
