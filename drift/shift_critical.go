package drift

import (
	"math"
	"sync"

	"github.com/tidemark-ml/tidemark/report"
)

// critical returns the effects that component k of column i exceeds with the
// probabilities of a [report.Critical], weight and vetoes included; none where
// the component is vetoed whatever its size.
func (j *judge) critical(i int, k component, t *tested) report.Critical {
	l := &t.law
	if math.IsInf(l.needed, 1) {
		return report.Critical{}
	}
	least := 0.0
	if j.index == 0 && !j.once {
		least = j.least(i, k)
		if math.IsInf(least, 1) {
			return report.Critical{}
		}
	}
	if k == outside {
		exact := j.exactBeyond(i)
		return report.CriticalValues(func(alpha float64) float64 { return max(least, exact(alpha*t.weight)) })
	}
	table, exact := j.laws.of(l), j.exactShare(i, k, t)
	return report.CriticalValues(func(alpha float64) float64 {
		z := max(table.at(alpha*t.weight/l.cells), l.needed)
		if l.tail != nil {
			z = max(z, tailQuantile(l, alpha*t.weight))
		}
		return max(least, j.minimum+z*math.Sqrt(l.variance), exact(alpha*t.weight))
	})
}

// tailQuantile inverts the replay's tail.
func tailQuantile(l *law, p float64) float64 {
	tail := l.tail
	switch {
	case p >= tail.Rate:
		return 0
	case tail.Shape < 1e-6:
		return tail.Threshold + tail.Scale*math.Log(tail.Rate/p)
	}
	return tail.Threshold + tail.Scale/tail.Shape*math.Expm1(tail.Shape*math.Log(tail.Rate/p))
}

// quantiles holds the statistic at p = 10^(-i/2), from which it is interpolated.
type quantiles [2*decades + 1]float64

const decades = 9

// at returns the statistic with upper tail p: its square is nearly linear in
// ln p.
func (q *quantiles) at(p float64) float64 {
	x := -2 * math.Log10(p)
	if !(x > 0) {
		return 0
	}
	i := min(int(x), len(q)-2)
	a, b := q[i]*q[i], q[i+1]*q[i+1]
	return math.Sqrt(a + (x-float64(i))*(b-a))
}

// lawTables keeps the quantiles of the laws met so far. Degrees of freedom are
// rounded to a grid, so that there are at most some hundreds.
type lawTables struct {
	mu     sync.Mutex
	tables map[lawKey]*quantiles
}

type lawKey struct{ df, freedom int }

// freedomSteps is the grid of the degrees of freedom: this many to a factor e.
const freedomSteps = 10

func (t *lawTables) of(l *law) *quantiles {
	key := lawKey{df: int(l.df), freedom: math.MaxInt}
	if l.freedom < 1e5 {
		key.freedom = int(math.Round(freedomSteps * math.Log(l.freedom)))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if q := t.tables[key]; q != nil {
		return q
	}
	rounded := law{df: l.df, freedom: math.Inf(1), cells: 1}
	if key.freedom != math.MaxInt {
		rounded.freedom = math.Exp(float64(key.freedom) / freedomSteps)
	}
	q := rounded.tabulate()
	if t.tables == nil {
		t.tables = map[lawKey]*quantiles{}
	}
	t.tables[key] = q
	return q
}

func (l *law) tabulate() *quantiles {
	q := new(quantiles)
	for i := 1; i < len(q); i++ {
		p := math.Pow(10, -float64(i)/2)
		low, high := q[i-1], q[i-1]+1
		for l.model(high) > p {
			low, high = high, 2*high
		}
		for range 30 {
			if middle := (low + high) / 2; l.model(middle) > p {
				low = middle
			} else {
				high = middle
			}
		}
		q[i] = high
	}
	return q
}
