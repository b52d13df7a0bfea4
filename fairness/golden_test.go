package fairness_test

import (
	"math"
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark/fairness"
	"github.com/tidemark-ml/tidemark/internal/golden"
)

// frame is the input of a case: one confusion by group.
type frame struct {
	names   []string
	groups  map[string]fairness.Confusion
	overall fairness.Confusion
}

func frameOf(c *golden.Case) frame {
	truth, decided := c.Ints("y_true"), c.Ints("y_pred")
	labels, _ := c.Labels("sensitive")
	f := frame{groups: map[string]fairness.Confusion{}}
	for i, label := range labels {
		one := fairness.Confusion{}
		one[decided[i]][truth[i]] = 1
		f.groups[label] = f.groups[label].Plus(one)
		f.overall = f.overall.Plus(one)
	}
	for name := range f.groups {
		f.names = append(f.names, name)
	}
	slices.Sort(f.names)
	return f
}

func (f frame) each() (groups []fairness.Confusion) {
	for _, name := range f.names {
		groups = append(groups, f.groups[name])
	}
	return groups
}

func (f frame) rates(of func(fairness.Confusion) fairness.Rate) (rates []fairness.Rate) {
	for _, c := range f.each() {
		rates = append(rates, of(c))
	}
	return rates
}

const zeroOverNothing = "a rate of 0 where a group has nothing to count it over (ours is undefined)"

// whole reports whether a rate is defined in every group.
func whole(rates []fairness.Rate) bool {
	return !slices.ContainsFunc(rates, func(r fairness.Rate) bool { return r.Total == 0 })
}

var measures = map[string]func(fairness.Confusion) fairness.Rate{
	"selection_rate": fairness.Confusion.Selection,
	"tpr":            fairness.Confusion.TruePositive, "fnr": fairness.Confusion.FalseNegative,
	"fpr": fairness.Confusion.FalsePositive, "tnr": fairness.Confusion.TrueNegative,
	"accuracy": fairness.Confusion.Accuracy,
}

func defined(v float64, ok bool) (any, error) {
	if !ok {
		return golden.Undefined{}, nil
	}
	return v, nil
}

func TestGoldenFairness(t *testing.T) {
	golden.Run(t, "fairness", func(c *golden.Case) (any, error) {
		f := frameOf(c)
		switch c.Function {
		case "metric_frame":
			return f.metrics(), nil
		case "demographic_parity_difference":
			e := fairness.ExtremesOfRates(f.rates(fairness.Confusion.Selection)...)
			if c.Params.Text("method") == "to_overall" {
				overall, _ := f.overall.Selection().Share()
				return defined(e.ToOverall(overall))
			}
			return defined(e.Difference())
		case "demographic_parity_ratio":
			return defined(fairness.ExtremesOfRates(f.rates(fairness.Confusion.Selection)...).Ratio())
		}
		if !whole(f.rates(fairness.Confusion.TruePositive)) || !whole(f.rates(fairness.Confusion.FalsePositive)) {
			return nil, golden.Skip("not offered: " + zeroOverNothing)
		}
		odds := fairness.EqualizedOddsOf(f.each()...)
		switch c.Function {
		case "equal_opportunity_difference":
			return defined(odds.TruePositive.Difference())
		case "equal_opportunity_ratio":
			return defined(odds.TruePositive.Ratio())
		case "equalized_odds_ratio":
			return defined(odds.Ratio())
		case "equalized_odds_difference":
			if c.Params.Text("agg") == "mean" {
				return defined(odds.MeanDifference())
			}
			return defined(odds.Difference())
		}
		return nil, golden.Skip("function not offered: " + c.Function)
	})
}

// metrics is a whole frame.
func (f frame) metrics() any {
	overall, byGroup := map[string]any{}, map[string]map[string]any{}
	tables := map[string]map[string]any{}
	for _, table := range []string{"difference_between_groups", "difference_to_overall", "ratio_between_groups", "group_min", "group_max"} {
		tables[table] = map[string]any{}
	}
	for _, name := range f.names {
		byGroup[name] = map[string]any{}
	}
	put := func(metric string, e fairness.Extremes, all float64) {
		tables["group_min"][metric], tables["group_max"][metric] = e.Min, e.Max
		tables["difference_between_groups"][metric], _ = defined(e.Difference())
		tables["difference_to_overall"][metric], _ = defined(e.ToOverall(all))
		tables["ratio_between_groups"][metric], _ = defined(e.Ratio())
	}
	for metric, of := range measures {
		rates := f.rates(of)
		all, _ := defined(of(f.overall).Share())
		overall[metric] = all
		put(metric, fairness.ExtremesOfRates(rates...), all.(float64))
		for i, name := range f.names {
			byGroup[name][metric], _ = defined(rates[i].Share())
		}
		if whole(rates) {
			continue
		}
		for _, table := range tables {
			table[metric] = golden.NotOffered(zeroOverNothing)
		}
		for i, name := range f.names {
			if rates[i].Total == 0 {
				byGroup[name][metric] = golden.NotOffered(zeroOverNothing)
			}
		}
	}
	counts := make([]float64, len(f.names))
	for i, name := range f.names {
		counts[i] = float64(f.groups[name].Rows())
		byGroup[name]["count"] = counts[i]
	}
	overall["count"] = float64(f.overall.Rows())
	put("count", fairness.ExtremesOf(counts...), float64(f.overall.Rows()))
	out := map[string]any{"overall": overall, "by_group": byGroup}
	for name, table := range tables {
		out[name] = table
	}
	return out
}

// A measure that no group has is undefined, not 0.
func TestExtremesOfNothing(t *testing.T) {
	e := fairness.ExtremesOfRates(fairness.Rate{}, fairness.Rate{})
	if _, ok := e.Difference(); ok {
		t.Error("difference of nothing")
	}
	if _, ok := e.Ratio(); ok {
		t.Error("ratio of nothing")
	}
	if _, ok := e.ToOverall(math.NaN()); ok {
		t.Error("distance from nothing")
	}
	if v, ok := fairness.ExtremesOfRates(fairness.Rate{Count: 1, Total: 2}, fairness.Rate{}).Difference(); v != 0 || !ok {
		t.Errorf("one group of two: %v, %v", v, ok)
	}
}
