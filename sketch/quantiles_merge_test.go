package sketch

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// mergeParts are streams of different places, widths, sizes and kinds, so that the
// centroids of no two lie together.
func mergeParts(seed uint64) (parts [3][]float64) {
	r := rand.New(rand.NewPCG(seed, 11))
	for i := range parts {
		parts[i] = make([]float64, 3000<<(2*i))
		for j := range parts[i] {
			switch v := r.NormFloat64()*float64(i+1) + float64(i); {
			case seed%3 == 1 && j%3 == 0:
				parts[i][j] = math.Round(v)
			case seed%3 == 2:
				parts[i][j] = math.Exp(2*v) + 1e6
			default:
				parts[i][j] = v
			}
		}
	}
	return parts
}

func mergedDigest(parts ...*Quantiles) *Quantiles {
	d := NewQuantiles(0)
	for _, p := range parts {
		d.Merge(p)
	}
	return d
}

// TestQuantilesMergeLaws: in any order and grouping a merge is the digest of all
// values within the bound, holds all of them, and its centroids are in order. The
// parts are small: the smallest have rank errors of .1 % before they are merged.
func TestQuantilesMergeLaws(t *testing.T) {
	for seed := range uint64(9) {
		parts := mergeParts(seed)
		all := slices.Sorted(slices.Values(slices.Concat(parts[:]...)))
		var d [3]*Quantiles
		for i, values := range parts {
			d[i] = NewQuantiles(0)
			d[i].Add(values...)
		}
		for name, m := range map[string]*Quantiles{
			"forwards": mergedDigest(d[0], d[1], d[2]), "backwards": mergedDigest(d[2], d[1], d[0]),
			"grouped": mergedDigest(d[0], mergedDigest(d[1], d[2])),
		} {
			checkCentroids(t, m, uint64(len(all)))
			if low, _ := m.Min(); low != all[0] {
				t.Errorf("seed %d, %s: minimum %g, want %g", seed, name, low, all[0])
			}
			if e := worstRankError(t, m, all); e > 8e-4 {
				t.Errorf("seed %d, %s: rank error %.4f %%", seed, name, 100*e)
			}
		}
	}
}

func checkCentroids(t *testing.T, d *Quantiles, n uint64) {
	t.Helper()
	total := uint64(0)
	for _, w := range d.Centroids() {
		total += w
	}
	low, _ := d.Min()
	high, _ := d.Max()
	if total != n || d.Count() != total || len(d.mean) > stackCentroids {
		t.Errorf("%d centroids hold %d, count %d, want %d", len(d.mean), total, d.Count(), n)
	}
	if !slices.IsSorted(d.mean) || d.mean[0] < low || d.mean[len(d.mean)-1] > high {
		t.Errorf("centroids out of order or range: %g in [%g, %g]", d.mean, low, high)
	}
}

func TestMergeOfNothingAndOfItself(t *testing.T) {
	d := digestOf(rand.New(rand.NewPCG(7, 7)), "normal")
	before := d.Clone()
	d.Merge(nil)
	d.Merge(new(Quantiles))
	if !slices.Equal(d.mean, before.mean) || d.count != before.count {
		t.Error("merging nothing changed the digest")
	}
	d.Merge(d)
	checkCentroids(t, d, 2*before.count)
	if !slices.Equal(d.mean, before.mean) {
		t.Error("doubling moved centroids")
	}
}

// TestMergeKeepsHeavyValues: a value repeated more than a centroid may hold stays
// a value, with all of its copies, whatever lies around it.
func TestMergeKeepsHeavyValues(t *testing.T) {
	r, copies, n := rand.New(rand.NewPCG(12, 12)), map[float64]uint64{}, 0
	var parts [8]*Quantiles
	for i := range parts {
		parts[i] = NewQuantiles(0)
		values := make([]float64, 20_000+i)
		for j := range values {
			values[j] = r.NormFloat64()
			if j%10 < 3 {
				values[j] = float64(j%3) - 1
				copies[values[j]]++
			}
		}
		n += len(values)
		parts[i].Add(values...)
	}
	d := mergedDigest(parts[:]...)
	checkCentroids(t, d, uint64(n))
	for v, count := range d.Atoms() {
		if want, ok := copies[v]; ok {
			if delete(copies, v); count != want {
				t.Errorf("%g: %d copies, want %d", v, count, want)
			}
		}
	}
	if len(copies) > 0 {
		t.Errorf("not among the atoms: %v", copies)
	}
}

// TestMergeBesideAHeavyValue: where one value takes up most cells, the few centroids
// left of each of eight digests would fit into one as they are, but overlap.
func TestMergeBesideAHeavyValue(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 16))
		var parts [8]*Quantiles
		var all []float64
		for i := range parts {
			values := make([]float64, 25_000)
			for j := range values {
				values[j] = max(0, math.Exp(2*r.NormFloat64())-2) // .636 of them are 0
			}
			all = append(all, values...)
			parts[i] = NewQuantiles(0)
			parts[i].Add(values...)
		}
		slices.Sort(all)
		d := mergedDigest(parts[:]...)
		for _, q := range []float64{.6, .64, .65, .66, .67, .68, .7, .75, .8, .9, .99} {
			x, _ := d.Quantile(q)
			if e := rankError(all, q, x); e > 1e-3 {
				t.Errorf("seed %d, q=%g: rank error %.4f %%", seed, q, 100*e)
			}
		}
	}
}

// TestMergesInALongRow: merging again and again must not smooth what was merged
// first. A thousand small digests are added to a large one.
func TestMergesInALongRow(t *testing.T) {
	r, d := rand.New(rand.NewPCG(13, 13)), NewQuantiles(0)
	var all []float64
	for range 1000 {
		values := make([]float64, 500)
		for i := range values {
			values[i] = math.Exp(r.NormFloat64())
		}
		part := NewQuantiles(0)
		part.Add(values...)
		d.Merge(part)
		all = append(all, values...)
	}
	slices.Sort(all)
	checkCentroids(t, d, uint64(len(all)))
	if e := worstRankError(t, d, all); e > 4e-4 {
		t.Errorf("rank error %.4f %% after a thousand merges", 100*e)
	}
}

// TestMergeOfExtremes: values too far apart to be subtracted, too near to be divided
// by, and centroids that contradict what AddCentroids asks for.
func TestMergeOfExtremes(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 14))
	stream := func(draw func() float64) *Quantiles {
		d, values := NewQuantiles(0), make([]float64, 5000)
		for i := range values {
			values[i] = draw()
		}
		d.Add(values...)
		return d
	}
	wide := func() float64 { return (2*r.Float64() - 1) * math.MaxFloat64 }
	tiny := func() float64 { return math.SmallestNonzeroFloat64 * float64(r.IntN(1000)) }
	for _, draws := range [][2]func() float64{{wide, wide}, {tiny, tiny}, {wide, tiny}, {tiny, r.Float64}} {
		checkCentroids(t, mergedDigest(stream(draws[0]), stream(draws[1])), 10_000)
	}
	wrong := NewQuantiles(0)
	for range 20 {
		groups := make([]Centroid, 200)
		for i := range groups {
			groups[i] = Centroid{Mean: r.NormFloat64() * 1e300, Count: 1 + r.Uint64N(100)}
		}
		groups[7].Mean = math.NaN()
		other := NewQuantiles(0)
		other.AddCentroids(groups, -1, 1)
		wrong.Merge(other)
	}
	if wrong.Count() == 0 || len(wrong.mean) > stackCentroids {
		t.Errorf("%d centroids, count %d", len(wrong.mean), wrong.Count())
	}
}

// TestMergeBesideAnOutlier: one value far away must move no quantile but the last.
func TestMergeBesideAnOutlier(t *testing.T) {
	for _, outlier := range []float64{-1e300, 1e300, -1e9, 1e9} {
		r, d := rand.New(rand.NewPCG(17, 17)), NewQuantiles(0)
		var all []float64
		for range 8 {
			values := []float64{outlier}
			for range 900 {
				values = append(values, math.Exp(r.NormFloat64()))
			}
			part := NewQuantiles(0)
			part.Add(values...)
			d.Merge(part)
			all = append(all, values...)
		}
		slices.Sort(all)
		checkCentroids(t, d, uint64(len(all)))
		for _, q := range []float64{.01, .05, .25, .5, .75, .95, .99} {
			x, _ := d.Quantile(q)
			if e := rankError(all, q, x); e > 1.5e-3 {
				t.Errorf("outlier %g, q=%g: rank error %.3f %%", outlier, q, 100*e)
			}
		}
	}
}

// TestAddCounts: counts and groups together are the centroids that they would be one
// by one, in a digest that takes them as they are and in one that does not.
func TestAddCounts(t *testing.T) {
	const cells = 236
	r := rand.New(rand.NewPCG(15, 15))
	var (
		c   = Counts{make([]float64, cells), make([]uint32, cells), make([]bool, cells)}
		all []Centroid
	)
	for i := range cells {
		c.Values[i], c.Of[i], c.Atoms[i] = float64(i), uint32(r.IntN(4))*100, i%7 == 0
		all = append(all, Centroid{min(max(float64(i), 2.5), 230), uint64(c.Of[i]), c.Atoms[i]})
	}
	groups := []Centroid{{2.5, 3, false}, {7, 1, true}, {7.5, 0, false}, {100.25, 40, true}, {230, 2, false}}
	all = append(all, groups...)
	slices.SortStableFunc(all, func(a, b Centroid) int { return cmp.Compare(a.Mean, b.Mean) })
	for name, start := range map[string]*Quantiles{"empty": NewQuantiles(0), "full": digestOf(r, "lognormal")} {
		got, want := start.Clone(), start.Clone()
		got.AddCounts(c, groups, 2.5, 230)
		want.AddCentroids(all, 2.5, 230)
		checkCentroids(t, got, want.Count())
		if got.Exact() != want.Exact() || got.min != want.min || got.max != want.max {
			t.Errorf("%s: exact %v, in [%g, %g]", name, got.Exact(), got.min, got.max)
		}
		for _, q := range probes {
			x, _ := got.Quantile(q)
			if y, _ := want.Quantile(q); math.Abs(x-y) > 1 {
				t.Errorf("%s: quantile %g is %g, one by one %g", name, q, x, y)
			}
		}
		if name == "empty" && len(got.mean) != countOf(all) {
			t.Errorf("%d centroids of %d counts and groups", len(got.mean), countOf(all))
		}
	}
	d := NewQuantiles(0)
	d.AddCounts(Counts{}, nil, 0, 0)
	d.AddCounts(Counts{[]float64{1}, []uint32{0}, []bool{true}}, []Centroid{{Mean: 2}}, 1, 2)
	if _, ok := d.Min(); ok || d.Count() != 0 {
		t.Error("no observations must leave a digest empty")
	}
	if n := testing.AllocsPerRun(20, func() { d.Reset(); d.AddCounts(c, groups, 2.5, 230) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func countOf(groups []Centroid) (n int) {
	for _, g := range groups {
		if g.Count > 0 {
			n++
		}
	}
	return n
}
