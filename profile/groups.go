package profile

import "fmt"

// GroupPlan lists the protected groups that are counted: the values of every
// feature declared as a group, then the intersections of two such features. It
// follows from the geometry, so that replicas count alike, and is immutable.
type GroupPlan struct {
	Groups []Group
	// Omitted is how many intersections there was no room for.
	Omitted int

	features []groupFeature
	crosses  []groupCross
}

// Group is one protected group.
type Group struct {
	// Name is "sex=f", or "sex=f, race=b" for an intersection. Values that were
	// not declared have no name: they are "sex=(undeclared 1)" and so on; what is
	// in no cell of its own is "sex=(other)", what is missing or invalid
	// "sex=(missing)".
	Name string
	// Features are the columns of the one or two features.
	Features []int
}

const (
	maxGroups      = 64 // counted, intersections included
	maxGroupValues = 16 // values of one feature told apart
)

// groupFeature says which group a value of one feature belongs to.
type groupFeature struct {
	axis  int
	first int        // group of its first value
	slots [256]uint8 // value of a byte of Joined.Cells, from 0
	names []string
}

// groupCross says which group an intersection is; −1 for none.
type groupCross struct {
	a, b   int // features
	groups [][]int16
}

func newGroupPlan(g *Geometry) *GroupPlan {
	p := &GroupPlan{}
	for i := range g.schema.Len() {
		if a := &g.axes[i]; a.Feature.Group && len(p.Groups)+min(len(a.Labels), maxGroupValues)+2 <= maxGroups {
			p.addFeature(i, a)
		}
	}
	for a := range p.features {
		for b := a + 1; b < len(p.features); b++ {
			p.cross(a, b)
		}
	}
	return p
}

func (p *GroupPlan) addFeature(axis int, a *Axis) {
	f := groupFeature{axis: axis, first: len(p.Groups)}
	values := min(len(a.Labels), maxGroupValues)
	for i, label := range a.Labels[:values] {
		if !a.Closed() {
			label = fmt.Sprintf("(undeclared %d)", i+1)
		}
		f.names = append(f.names, a.Feature.Name+"="+label)
	}
	f.names = append(f.names, a.Feature.Name+"=(other)", a.Feature.Name+"=(missing)")
	for c := range f.slots {
		switch {
		case c < values:
			f.slots[c] = uint8(c)
		case c == CellMissing || c == CellInvalid:
			f.slots[c] = uint8(values + 1)
		default:
			f.slots[c] = uint8(values)
		}
	}
	for _, name := range f.names {
		p.Groups = append(p.Groups, Group{Name: name, Features: []int{axis}})
	}
	p.features = append(p.features, f)
}

// cross adds the intersections of two features' values, in order, as long as
// there is room; others and missing are not crossed.
func (p *GroupPlan) cross(a, b int) {
	fa, fb := &p.features[a], &p.features[b]
	x := groupCross{a: a, b: b}
	for _, left := range fa.names[:len(fa.names)-2] {
		row := make([]int16, len(fb.names))
		for j := range row {
			row[j] = -1
		}
		for j, right := range fb.names[:len(fb.names)-2] {
			if len(p.Groups) == maxGroups {
				p.Omitted++
				continue
			}
			row[j] = int16(len(p.Groups))
			p.Groups = append(p.Groups, Group{Name: left + ", " + right, Features: []int{fa.axis, fb.axis}})
		}
		x.groups = append(x.groups, row)
	}
	p.crosses = append(p.crosses, x)
}

// Groups returns the protected groups that are counted.
func (g *Geometry) Groups() *GroupPlan { return g.groups }

// each calls visit with every group that a row with these cells is in.
func (p *GroupPlan) each(cells []uint8, visit func(group int)) {
	for i := range p.features {
		f := &p.features[i]
		visit(f.first + int(f.slots[cells[f.axis]]))
	}
	for i := range p.crosses {
		x := &p.crosses[i]
		fa, fb := &p.features[x.a], &p.features[x.b]
		left := int(fa.slots[cells[fa.axis]])
		if left >= len(x.groups) {
			continue
		}
		if group := x.groups[left][fb.slots[cells[fb.axis]]]; group >= 0 {
			visit(int(group))
		}
	}
}

// GroupScoreCells is how many cells of equal width [0, 1] is cut into for the
// scores of a group (binary), or runs of cells of the score axis otherwise.
const GroupScoreCells = 10

// GroupCounts are what is known of a group without labels.
type GroupCounts struct {
	Rows     uint64 // rows with an answer
	Selected uint64 // rows that the model decided positive (binary; otherwise 0)
	Score    Sum
	Cells    [GroupScoreCells]uint64 // rows by score
}

// GroupOutcomes are what came true of a group.
type GroupOutcomes struct {
	Labelled uint64
	// Confusion counts labelled rows of a binary model by [decided][truth].
	Confusion [2][2]uint64
	// Score and Truth are of the labelled rows; their difference is the
	// calibration gap.
	Score, Truth Sum
	// Error is score − truth, Loss what [Joined.Loss] says, Wrong as Joined.Wrong.
	// Truth and Error are empty for a multiclass model.
	Error, Loss, Wrong Sum
	// Cells counts labelled rows of a binary model by score and truth.
	Cells [GroupScoreCells][2]uint64
}

// groupCell returns the score cell of a row for its group.
func (g *Geometry) groupCell(j *Joined) int {
	if g.schema.target.Task == RegressionTask {
		return min(int(j.Cells[g.score()])*GroupScoreCells/g.axes[g.score()].Cells(), GroupScoreCells-1)
	}
	return min(max(int(j.Score*GroupScoreCells), 0), GroupScoreCells-1)
}

// countGroups counts a row with an answer.
func (g *Geometry) countGroups(j *Joined, groups []GroupCounts) {
	if !j.answered(g.schema.target) {
		return
	}
	g.groups.each(j.Cells, func(i int) {
		c := &groups[i]
		c.Rows++
		if g.schema.target.Task == BinaryTask {
			c.Selected += uint64(max(j.Decided, 0))
		}
		if j.Score-j.Score == 0 {
			c.Score.Add(j.Score)
			c.Cells[g.groupCell(j)]++
		}
	})
}

func (c *GroupCounts) merge(d *GroupCounts) {
	c.Rows += d.Rows
	c.Selected += d.Selected
	c.Score.Merge(d.Score)
	for i, n := range d.Cells {
		c.Cells[i] += n
	}
}

func (c *GroupOutcomes) add(g *Geometry, j *Joined) {
	c.Labelled++
	c.Loss.Add(j.Loss)
	c.Wrong.Add(j.Wrong)
	if j.Score-j.Score == 0 {
		c.Score.Add(j.Score)
	}
	if g.schema.target.Task == MulticlassTask {
		return
	}
	c.Truth.Add(j.Truth)
	c.Error.Add(j.Score - j.Truth)
	if g.schema.target.Task == BinaryTask {
		c.Confusion[j.Decided][int(j.Truth)]++
		c.Cells[g.groupCell(j)][int(j.Truth)]++
	}
}

func (c *GroupOutcomes) merge(d *GroupOutcomes) {
	c.Labelled += d.Labelled
	for i := range c.Confusion {
		for k := range c.Confusion[i] {
			c.Confusion[i][k] += d.Confusion[i][k]
		}
	}
	c.Score.Merge(d.Score)
	c.Truth.Merge(d.Truth)
	c.Error.Merge(d.Error)
	c.Loss.Merge(d.Loss)
	c.Wrong.Merge(d.Wrong)
	for i := range d.Cells {
		c.Cells[i][0] += d.Cells[i][0]
		c.Cells[i][1] += d.Cells[i][1]
	}
}
