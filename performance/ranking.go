package performance

import (
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
)

// Ranking measures how well a model orders what it found for one query. It has no
// window of its own: each figure of a query is a number whose mean over queries is
// the measure, so that it goes into a monitor as a business figure, with interval,
// reference and decision ([KPI]):
//
//	q, ok := performance.Ranking{K: 10}.Of(relevances)
//	if ok {
//		mon.Record(ctx, id, "ndcg@10", q.NDCG)
//	}
//
// or is summed by hand in [RankingSums].
type Ranking struct {
	K int // how many of the ranked count; 0 means 10
	// Relevant is the number of relevant items there are for the query, where the
	// list does not hold them all; 0 means those of the list.
	Relevant int
	// Exponential gains are 2^relevance − 1 (Burges et al. 2005) and not the
	// relevance itself (Järvelin and Kekäläinen 2002).
	Exponential bool
}

// Ranked are the figures of one query, all in [0, 1].
type Ranked struct {
	// NDCG is DCG@K over that of the best order of the list,
	// DCG = Σ gain_i/log2(i+1), i from 1.
	NDCG float64
	// ReciprocalRank is 1/rank of the first relevant item of the whole list, 0 where
	// there is none. Its mean is the MRR.
	ReciprocalRank float64
	// Recall is the share of the relevant items that are among the first K.
	Recall float64
}

// Of measures one query by the relevances of its ranked items, best rank first; an
// item is relevant from above 0 on, and what is negative or not finite counts as
// not. It is false, undefined, for a query without relevant items.
func (r Ranking) Of(relevances []float64) (q Ranked, ok bool) {
	k := r.K
	if k <= 0 {
		k = 10
	}
	gains := make([]float64, len(relevances))
	relevant, found := 0, 0
	for i, v := range relevances {
		if !(v > 0) || math.IsInf(v, 1) {
			continue
		}
		if gains[i] = v; r.Exponential {
			gains[i] = math.Exp2(v) - 1
		}
		relevant++
		if i < k {
			found++
		}
		if q.ReciprocalRank == 0 {
			q.ReciprocalRank = 1 / float64(i+1)
		}
	}
	if relevant = max(relevant, r.Relevant); relevant == 0 {
		return Ranked{}, false
	}
	q.Recall = float64(found) / float64(relevant)
	dcg := discounted(gains, k)
	slices.SortFunc(gains, func(a, b float64) int {
		switch {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
	if best := discounted(gains, k); best > 0 && !math.IsInf(best, 1) {
		q.NDCG = dcg / best
	}
	return q, true
}

func discounted(gains []float64, k int) (sum float64) {
	for i, g := range gains[:min(k, len(gains))] {
		sum += g / math.Log2(float64(i+2))
	}
	return sum
}

// RankingSums are figures of many queries. The zero value is empty; sums of
// replicas merge to those of one process, counts exactly.
type RankingSums struct {
	NDCG, ReciprocalRank, Recall profile.Sum
	// Without counts the queries that had no relevant item.
	Without uint64
}

// Add measures a query and adds it.
func (s *RankingSums) Add(r Ranking, relevances []float64) {
	q, ok := r.Of(relevances)
	if !ok {
		s.Without++
		return
	}
	s.NDCG.Add(q.NDCG)
	s.ReciprocalRank.Add(q.ReciprocalRank)
	s.Recall.Add(q.Recall)
}

// Merge adds o.
func (s *RankingSums) Merge(o RankingSums) {
	s.NDCG.Merge(o.NDCG)
	s.ReciprocalRank.Merge(o.ReciprocalRank)
	s.Recall.Merge(o.Recall)
	s.Without += o.Without
}

// Figures are the means over queries, with Student's interval.
func (s RankingSums) Figures() (ndcg, mrr, recall Figure) {
	return averageOf(s.NDCG, 0, 1), averageOf(s.ReciprocalRank, 0, 1), averageOf(s.Recall, 0, 1)
}
