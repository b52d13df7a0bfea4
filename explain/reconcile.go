package explain

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
	"github.com/tidemark-ml/tidemark/sketch"
)

// Tolerance says how served and offline features are compared. Its zero value is
// the rule to use.
type Tolerance struct {
	// Numbers agree where |served − offline| ≤ Absolute + Relative·|offline|. 0
	// means 1e-6 and 1e-9; a negative value none.
	Relative, Absolute float64
	// Share is the share of rows that may differ in a feature without that being a
	// breach: 0 means .001, a negative value none.
	Share float64
	// Every takes one id in so many, by the hash of the id, so that both sides take
	// the same: 0 means all.
	Every uint64
	// Rows is how many rows of each side wait for the other at most: 0 means
	// 20,000. The oldest half expires, counted, when as many new ones have come.
	// Rows times Every should cover what is served while the store catches up.
	Rows int
}

func (t Tolerance) resolved() Tolerance {
	pick := func(v *float64, otherwise float64) {
		if *v == 0 {
			*v = otherwise
		}
		*v = max(0, *v)
	}
	pick(&t.Relative, 1e-6)
	pick(&t.Absolute, 1e-9)
	pick(&t.Share, .001)
	t.Every = max(1, t.Every)
	if t.Rows <= 0 {
		t.Rows = 20_000
	}
	t.Rows = max(2, t.Rows)
	return t
}

// Reconcile finds training–serving skew: it compares features as they were served
// with the same features from the offline store, by id. [Reconcile.Served] takes the
// one, [Reconcile.Offline] the other, in any order; [Reconcile.Signals] says how
// often each feature differs.
//
// Memory is bounded by 16·Rows·(features+6) bytes. No value is kept beyond the
// comparison and no id at all: of a row that waits there are the hash of its id, its
// numbers, and hashes of its labels. It is of this process: after a restart the counts
// begin anew, and rows that waited have lost their other side. Methods are safe for
// concurrent use.
type Reconcile struct {
	schema *profile.Schema
	tolerance
	set Tolerance

	mu       sync.Mutex
	served   waiting
	offline  waiting
	features []skew
	counts   ReconcileCounts
}

// ReconcileCounts is what became of the rows since the last Reset.
type ReconcileCounts struct {
	Served, Offline uint64 // rows given
	Skipped         uint64 // of these, not taken: no id, or not among one in Every
	Compared        uint64 // pairs
	Expired         uint64 // rows whose other side did not come in time, both sides
}

// NewReconcile returns a comparison of rows of a schema. The error says what is
// missing.
func NewReconcile(schema *profile.Schema, t Tolerance) (*Reconcile, error) {
	if schema == nil {
		return nil, fmt.Errorf("explain: reconcile: no schema; give that of the model")
	}
	t = t.resolved()
	w := wordsOf(schema)
	return &Reconcile{
		schema: schema, set: t, tolerance: tolerance{t.Relative, t.Absolute},
		served: newWaiting(t.Rows, w), offline: newWaiting(t.Rows, w),
		features: make([]skew, schema.Len()),
	}, nil
}

// Served takes a row as it was served. It needs an id. The row is not kept.
func (r *Reconcile) Served(row profile.Row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts.Served++
	r.take(row.ID, row.Values, &r.served, &r.offline, false)
}

// Offline takes the features of an id from the offline store. Other fields of the
// row are ignored. The row is not kept.
func (r *Reconcile) Offline(id string, row profile.Row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts.Offline++
	r.take(id, row.Values, &r.offline, &r.served, true)
}

// take compares a row with its other side, or lets it wait.
func (r *Reconcile) take(id string, values []profile.Value, mine, other *waiting, offline bool) {
	hash := sketch.Hash(id)
	if id == "" || sketch.HashUint64(hash)%r.set.Every != 0 {
		r.counts.Skipped++
		return
	}
	encoded := mine.scratch
	encode(r.schema, values, encoded)
	found, ok := other.find(hash)
	if !ok {
		r.counts.Expired += mine.keep(hash, encoded)
		return
	}
	if offline {
		r.compare(hash, found, encoded)
	} else {
		r.compare(hash, encoded, found)
	}
	other.remove(hash)
}

// skew counts what was found about one feature.
type skew struct {
	compared, missing, lacking, differ uint64 // missing as served, lacking offline
	difference                         profile.Sum
	examples                           []uint64
}

const skewExamples = 5

func (r *Reconcile) compare(hash uint64, served, offline []uint64) {
	r.counts.Compared++
	at := 0
	for i := range r.features {
		f, width := &r.features[i], wordsOfFeature(r.schema.Feature(i).Kind)
		a, b := served[at:at+width], offline[at:at+width]
		at += width
		f.compared++
		numbers := r.schema.Feature(i).Kind == profile.Numeric
		switch {
		case a[0] == noValue && b[0] == noValue:
			continue
		case a[0] == noValue:
			f.missing++
		case b[0] == noValue:
			f.lacking++
		case r.agree(r.schema.Feature(i).Kind, a, b):
			continue
		default:
			f.differ++
			if numbers {
				f.difference.Add(number64(a[0]) - number64(b[0]))
			}
		}
		if len(f.examples) < skewExamples {
			f.examples = append(f.examples, hash)
		}
	}
}

// Counts returns what became of the rows since the last Reset.
func (r *Reconcile) Counts() ReconcileCounts {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counts
}

// Reset begins a new window: counts and examples start again, rows that wait go on
// waiting.
func (r *Reconcile) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts = ReconcileCounts{}
	clear(r.features)
}

// Signals returns for each feature "skew.mismatch", the share of compared rows that
// differ, and for the model "skew.unmatched", the share of rows whose other side did
// not come, which describes. A mismatch is evidence of data quality: P is the exact
// binomial probability of so many if the tolerated share were the true one. The words
// say how rows differ, and the hashes of the first ids; of features that are not
// sensitive also by how much numbers differ on average.
func (r *Reconcile) Signals(w report.Window) []report.Signal {
	r.mu.Lock()
	defer r.mu.Unlock()
	signals := make([]report.Signal, 0, len(r.features)+1)
	for i := range r.features {
		signals = append(signals, r.mismatch(i, w))
	}
	return append(signals, r.unmatched(w))
}

const skewRows = 30 // that a share needs

func (r *Reconcile) mismatch(i int, w report.Window) report.Signal {
	f, feature := &r.features[i], r.schema.Feature(i)
	const name = "skew.mismatch"
	s := report.Signal{
		Name: name, Unit: report.UnitOf(name), Subject: report.Subject{Kind: report.KindFeature, Name: feature.Name}, Window: w,
		Evidence: report.Quality, Current: f.compared, Reference: f.compared,
	}
	if f.compared < skewRows {
		s.Undefined = f.compared == 0
		s.Warnings = []report.Warning{{Code: report.WarnSmallSample, Text: fmt.Sprintf("%d rows were compared; a share needs %d", f.compared, skewRows)}}
		if s.Undefined {
			return s
		}
	}
	k, n := f.missing+f.lacking+f.differ, f.compared
	s.Value, s.Floor = float64(k)/float64(n), r.set.Share
	s.P, s.HasP = stat.BinomialUpper(int64(k), int64(n), r.set.Share), true
	s.Critical = report.CriticalValues(func(alpha float64) float64 {
		return stat.BetaUpperQuantile(alpha, r.set.Share*float64(n)+1, (1-r.set.Share)*float64(n)+1)
	})
	ci, _ := stat.Wilson(int64(k), int64(n), .95)
	s.Effect = report.Effect{Component: "skew", Size: s.Value, Low: ci.Lower, High: ci.Upper, Words: f.words(feature.Sensitive)}
	return s
}

func (f *skew) words(sensitive bool) string {
	total := f.missing + f.lacking + f.differ
	if total == 0 {
		return fmt.Sprintf("the same in all %d rows", f.compared)
	}
	text := fmt.Sprintf("differs in %d of %d rows", total, f.compared)
	var parts []string
	for _, p := range [...]struct {
		n    uint64
		what string
	}{{f.missing, "missing as served"}, {f.lacking, "missing offline"}, {f.differ, "another value"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	text += ": " + strings.Join(parts, ", ")
	if mean, ok := f.difference.Mean(); ok && !sensitive && f.difference.N >= skewRows {
		text += fmt.Sprintf(" (served less offline %+.3g on average)", mean)
	}
	var ids []string
	for _, h := range slices.Sorted(slices.Values(f.examples)) {
		ids = append(ids, fmt.Sprintf("%016x", h))
	}
	return text + "; id hashes " + strings.Join(ids, " ")
}

func (r *Reconcile) unmatched(w report.Window) report.Signal {
	const name = "skew.unmatched"
	s := report.Signal{Name: name, Unit: report.UnitOf(name), Subject: report.Subject{Kind: report.KindModel}, Window: w, Current: r.counts.Compared}
	rows := r.counts.Expired + 2*r.counts.Compared
	if rows == 0 {
		s.Undefined = true
		s.Warnings = []report.Warning{{Code: report.WarnUndefined, Text: "no row was compared or given up"}}
		return s
	}
	s.Value = float64(r.counts.Expired) / float64(rows)
	s.Effect = report.Effect{Component: "skew", Size: s.Value, Words: fmt.Sprintf("%d rows expired, %d pairs compared", r.counts.Expired, r.counts.Compared)}
	if s.Value > .5 {
		s.Warnings = []report.Warning{{Code: report.WarnTruncated, Text: fmt.Sprintf(
			"most rows expire before their other side comes: raise Tolerance.Every or Rows (%d and %d), or check that both sides use the same ids", r.set.Every, r.set.Rows)}}
	}
	return s
}
