package sequential

import "testing"

func BenchmarkAdd(b *testing.B) {
	stream := errorsAt(1, 1<<14, 0.1)
	for _, c := range []struct {
		name string
		d    Detector
	}{
		{"ESR", &ESR{Baseline: 0.1, BaselineSize: 50_000}},
		{"ESR-both", &ESR{Baseline: 0.1, BaselineSize: 50_000, Side: Both}},
		{"ADWIN", &ADWIN{}},
		{"ADWIN-clock1", &ADWIN{Clock: 1}},
		{"PageHinkley", &PageHinkley{Side: Both}},
		{"DDM", &DDM{}},
		{"EDDM", &EDDM{}},
		{"HDDMA", &HDDMA{Side: Both}},
		{"HDDMW", &HDDMW{Side: Both}},
		{"KSWIN", &KSWIN{}},
		{"CUSUM", &CUSUM{Mean: 0.1, SD: 0.3, ARL: 1e5}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for _, x := range stream {
				c.d.Add(x)
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				c.d.Add(stream[i&(len(stream)-1)])
				i++
			}
		})
	}
}

func BenchmarkRank(b *testing.B) {
	ranks, err := RanksOf(errorsRanked(), 0)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	x := 0.0
	for b.Loop() {
		ranks.Rank(x)
		if x += 0.01; x > 1 {
			x = 0
		}
	}
}

func errorsRanked() []float64 {
	sample := make([]float64, 10_000)
	for i := range sample {
		sample[i] = float64(i) / 10_000
	}
	return sample
}
