package sequential_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/tidemark-ml/tidemark/drift/sequential"
)

// wrong reports model errors with a rate that doubles after 5,000 items.
func wrong(r *rand.Rand, i int) float64 {
	rate := 0.10
	if i >= 5000 {
		rate = 0.20
	}
	if r.Float64() < rate {
		return 1
	}
	return 0
}

// The error rate on the reference, its size and the wanted time between false
// alarms are all that ESR needs.
func ExampleESR() {
	d := sequential.ESR{Baseline: 0.10, BaselineSize: 20_000, ARL: 100_000}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 8000 {
		if q := d.Add(wrong(r, i)); q.State == sequential.Change {
			fmt.Printf("item %d: error rate went %v\n", i, q.Direction)
			break
		}
	}
	// Output: item 5310: error rate went up
}

// Errors of a regression have no upper bound; their ranks among the reference
// errors do.
func ExampleRanks() {
	r := rand.New(rand.NewPCG(3, 4))
	reference := make([]float64, 10_000)
	for i := range reference {
		reference[i] = math.Abs(r.NormFloat64())
	}
	ranks, err := sequential.RanksOf(reference, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	d := sequential.ESR{Baseline: 0.5, BaselineSize: len(reference)}
	for i := range 2000 {
		spread := 1.0
		if i >= 1000 {
			spread = 1.5
		}
		if q := d.Add(ranks.Rank(math.Abs(spread * r.NormFloat64()))); q.State == sequential.Change {
			fmt.Printf("item %d: errors went %v\n", i, q.Direction)
			return
		}
	}
	// Output: item 1159: errors went up
}

// ADWIN needs no baseline and follows the stream after a change.
func ExampleADWIN() {
	var d sequential.ADWIN
	r := rand.New(rand.NewPCG(1, 2))
	cuts := 0
	for i := range 8000 {
		q := d.Add(wrong(r, i))
		if q.State != sequential.Change {
			continue
		}
		if cuts++; cuts == 1 {
			fmt.Printf("item %d: mean went %v\n", i, q.Direction)
		}
	}
	mean, _ := d.Mean()
	fmt.Printf("after %d cuts the last %d items are left, with a mean of %.2f\n", cuts, d.Width(), mean)
	// Output:
	// item 5471: mean went up
	// after 6 cuts the last 3392 items are left, with a mean of 0.19
}

// A KPI per hourly window, with one false alarm in 30 days on average.
func ExampleCUSUM() {
	d := sequential.CUSUM{Mean: 0.91, SD: 0.01, ARL: 720}
	r := rand.New(rand.NewPCG(5, 6))
	for hour := range 72 {
		auc := 0.91 + 0.01*r.NormFloat64()
		if hour >= 48 {
			auc -= 0.01
		}
		if q := d.Add(auc); q.State == sequential.Change {
			_, _, h, _ := d.Sums()
			fmt.Printf("hour %d: AUC went %v (h = %.2f)\n", hour, q.Direction, h)
			break
		}
	}
	// Output: hour 54: AUC went down (h = 5.42)
}

// A state that is saved at shutdown goes on after the restart.
func ExampleDetector() {
	var before sequential.Detector = &sequential.PageHinkley{Threshold: 20}
	for range 500 {
		before.Add(0.1)
	}
	state, err := before.MarshalBinary()
	if err != nil {
		fmt.Println(err)
		return
	}
	after := &sequential.PageHinkley{Threshold: 20}
	if err := after.UnmarshalBinary(state); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(after.Add(0.1) == before.Add(0.1))

	other := &sequential.PageHinkley{Threshold: 30}
	fmt.Println(other.UnmarshalBinary(state))
	// Output:
	// true
	// sequential: state was saved under other parameters: parameter 2 was 20, the receiver has 30; restore the old value or start afresh
}
