package profile

import "time"

// DelayGroups is how many groups of score cells delays are told apart by: a
// label that comes fast is often of another class than one that comes late.
const DelayGroups = 5

// DelayLimits are the upper ends, excluded, of the delay cells but the last,
// which is open.
func DelayLimits() []time.Duration { return delayLimits[:] }

var delayLimits = [...]time.Duration{
	time.Minute, 10 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
	2 * 24 * time.Hour, 4 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 30 * 24 * time.Hour,
}

// Delays counts labels by the group of their score and the cell of their delay.
type Delays [DelayGroups][len(delayLimits) + 1]uint64

// DelayGroup returns the group of a cell of the score axis, which has as many
// cells as said: a fifth of the cells each.
func DelayGroup(cell, cells int) int {
	return min(max(cell*DelayGroups/max(1, cells), 0), DelayGroups-1)
}

// DelayCell returns the cell of a delay; a negative one is in the first.
func DelayCell(delay time.Duration) int {
	for i, limit := range delayLimits {
		if delay < limit {
			return i
		}
	}
	return len(delayLimits)
}

func (d *Delays) add(cell, cells int, delay time.Duration) {
	d[DelayGroup(cell, cells)][DelayCell(delay)]++
}

func (d *Delays) merge(e *Delays) {
	for g := range d {
		for i := range d[g] {
			d[g][i] += e[g][i]
		}
	}
}

// Total is the number of labels in all groups, by cell of delay.
func (d *Delays) Total() (total [len(delayLimits) + 1]uint64) {
	for g := range d {
		for i, n := range d[g] {
			total[i] += n
		}
	}
	return total
}
