package review_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/guard/review"
	"github.com/tidemark-ml/tidemark/profile"
)

func openJournal(t testing.TB, path string, o review.JournalOptions) *review.Journal {
	t.Helper()
	j, err := review.OpenJournal(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// TestAQueueSurvivesARestart, with verdicts before and after it, and whether or not
// the journal was replaced meanwhile.
func TestAQueueSurvivesARestart(t *testing.T) {
	for _, limit := range []int64{0, 1 << 12} {
		path := filepath.Join(t.TempDir(), "review.jsonl")
		c := newClock()
		start := func() (*review.Queue, *review.Journal) {
			j := openJournal(t, path, review.JournalOptions{MaxBytes: limit})
			return newQueue(t, review.Policy{Quotas: review.Quotas{Random: 50}, Journal: j, Verdicts: 2, Clock: c, Capacity: 120, Sinks: discard}), j
		}
		say := func(q *review.Queue, i int, who string) {
			truth := profile.Positive()
			if i%3 == 0 && who == "ann" || i%7 == 0 {
				truth = profile.Negative()
			}
			if err := q.Verdict(t.Context(), review.Verdict{ID: fmt.Sprint(i), Truth: truth, Reviewer: who}); err != nil {
				t.Fatal(err)
			}
		}
		q, j := start()
		n := 0
		for range 4 {
			for range 30 {
				q.Offer(scored(fmt.Sprint(n), .9))
				n++
			}
			release(t, q)
			for i := n - 30; i < n-10; i++ {
				say(q, i, "ann")
			}
			for i := n - 30; i < n-20; i++ {
				say(q, i, "bob")
			}
		}
		before, open := q.Stats(), q.Open()
		j.Close()
		q, _ = start()
		after := q.Stats()
		// What is not written for every event is not known again: offers and choices
		// of a journal that was never replaced.
		for _, field := range []string{"Released", "Resolved", "Expired", "Displaced", "Open", "Verdicts", "Age", "Model", "People", "All"} {
			a, b := reflect.ValueOf(before).FieldByName(field).Interface(), reflect.ValueOf(after).FieldByName(field).Interface()
			if !reflect.DeepEqual(a, b) {
				t.Errorf("limit %d: %s was %+v, is %+v", limit, field, a, b)
			}
		}
		if !reflect.DeepEqual(open, q.Open()) {
			t.Errorf("limit %d: %d open items became %d", limit, len(open), len(q.Open()))
		}
		say(q, n-15, "bob") // ann's verdict is known still
		if s := q.Stats(); s.Resolved != before.Resolved+1 {
			t.Errorf("limit %d: %d resolved, want %d", limit, s.Resolved, before.Resolved+1)
		}
		if err := q.Verdict(t.Context(), review.Verdict{ID: fmt.Sprint(n - 14), Truth: profile.Positive(), Reviewer: "ann"}); err == nil {
			t.Errorf("limit %d: a second verdict of the same reviewer after the restart", limit)
		}
		if info, _ := os.Stat(path); limit > 0 && info.Size() > 150<<10 {
			t.Errorf("the journal has %d bytes though it is replaced at %d", info.Size(), limit)
		}
	}
}

// TestATornJournalLosesItsLastLineOnly wherever it is torn: around the ends of
// lines, and here and there between.
func TestATornJournalLosesItsLastLineOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "review.jsonl")
	q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: 50}, Journal: openJournal(t, path, review.JournalOptions{Sync: true})})
	for i := range 3 {
		q.Offer(scored(fmt.Sprint(i), .9))
	}
	release(t, q)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for size := range len(whole) + 1 {
		atEnd := size == len(whole) || bytes.Contains(whole[max(0, size-2):min(len(whole), size+2)], []byte{'\n'})
		if !atEnd && size%97 != 0 {
			continue
		}
		torn := filepath.Join(t.TempDir(), "torn.jsonl")
		if err := os.WriteFile(torn, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := review.OpenJournal(torn, review.JournalOptions{})
		if err != nil {
			t.Fatal(err)
		}
		q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: 5}, Journal: j})
		if got, want := len(q.Open()), strings.Count(string(whole[:size]), "\n"); got != want || q.Stats().Skipped != 0 {
			t.Fatalf("torn at %d: %d items, want %d; %d skipped", size, got, want, q.Stats().Skipped)
		}
		q.Offer(scored("next", .9)) // and it goes on with a line of its own
		release(t, q)
		j.Close()
		j, err = review.OpenJournal(torn, review.JournalOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: 5}, Journal: j}); q.Stats().Skipped != 0 || len(q.Open()) != strings.Count(string(whole[:size]), "\n")+1 {
			t.Fatalf("torn at %d, then written: %+v", size, q.Stats())
		}
		j.Close()
	}
}

func TestLinesThatAreNoRecordsAreSkipped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "review.jsonl")
	lines := "nonsense\n{}\n{\"kind\":\"item\"}\n\n{\"kind\":\"verdict\",\"item\":\"x\",\"answer\":{\"class\":\"positive\"},\"by\":\"person\"}\n" + strings.Repeat("x", 3<<20) + "\n"
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: 5}, Journal: openJournal(t, path, review.JournalOptions{})})
	if s := q.Stats(); s.Skipped != 5 || s.Open != 0 || s.Unmatched != 0 {
		t.Errorf("%+v", s)
	}
}

func TestAJournalThatCannotBeWritten(t *testing.T) {
	j := openJournal(t, filepath.Join(t.TempDir(), "review.jsonl"), review.JournalOptions{})
	q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: 5}, Journal: j})
	j.Close()
	q.Offer(scored("a", .9))
	if err := q.Release(t.Context()); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("release: %v", err)
	}
	if err := q.Verdict(t.Context(), review.Verdict{ID: "a", Truth: profile.Positive()}); err == nil {
		t.Error("no error from a verdict that was not written")
	}
	if s := q.Stats(); s.JournalErrors != 2 || s.Resolved != 1 {
		t.Errorf("%+v", s)
	}
	if _, err := review.OpenJournal(t.TempDir(), review.JournalOptions{}); err == nil {
		t.Error("a folder was opened as a journal")
	}
	if _, err := review.OpenJournal(filepath.Join(t.TempDir(), "j"), review.JournalOptions{MaxBytes: 1}); err == nil {
		t.Error("no error for MaxBytes 1")
	}
}

func TestAJournalOfAnotherModelIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "review.jsonl")
	j := openJournal(t, path, review.JournalOptions{MaxBytes: 1 << 12})
	q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: 500}, Journal: j})
	for i := range 100 {
		q.Offer(scored(fmt.Sprint(i), .9))
	}
	release(t, q)
	for i := range 100 {
		q.Verdict(t.Context(), review.Verdict{ID: fmt.Sprint(i), Truth: profile.Positive()})
	}
	j.Close()
	_, err := review.New(review.Policy{Schema: schemaOf(t, profile.Multiclass("a", "b", "c")), Key: key, Quotas: review.Quotas{Random: 5},
		Journal: openJournal(t, path, review.JournalOptions{})})
	if err == nil || !strings.Contains(err.Error(), "3 classes") {
		t.Errorf("got %v", err)
	}
}
