package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// label labels everything in one process, and in two that share it, and says
// whether these come to the same.
func label(ctx context.Context, dir string) error {
	reference, err := profile.Load(filepath.Join(dir, referenceFile))
	if err != nil {
		return err
	}
	tokens, err := read[answer](filepath.Join(dir, answersFile))
	if err != nil {
		return err
	}
	truths, err := read[outcome](filepath.Join(dir, truthsFile))
	if err != nil {
		return err
	}
	fraud := map[string]bool{}
	for _, t := range truths {
		fraud[t.ID] = t.Fraud
	}
	whole, err := replica(ctx, reference, tokens, fraud, 0, 1)
	if err != nil {
		return err
	}
	merged, err := replica(ctx, reference, tokens, fraud, 0, 2)
	if err != nil {
		return err
	}
	other, err := replica(ctx, reference, tokens, fraud, 1, 2)
	if err != nil {
		return err
	}
	if err := merged.Merge(other); err != nil {
		return err
	}
	return compare(reference, whole, merged)
}

// replica labels one answer in n, from the part-th on, as a process of its own
// does, and returns its profile as another process gets it: as bytes.
func replica(ctx context.Context, reference *profile.Reference, tokens []answer, fraud map[string]bool, part, n int) (*profile.Profile, error) {
	var seen kept
	mon, err := monitor.New("payments", reference.Schema(), monitor.WithReference(reference), monitor.WithEvaluators(&seen),
		monitor.WithPanes(monitor.Panes{Every: time.Hour})) // of shorter ones it takes several to conclude from truths
	if err != nil {
		return nil, err
	}
	for i := part; i < len(tokens); i += n {
		truth, ok := fraud[tokens[i].ID]
		if !ok {
			continue // not known yet
		}
		if err := mon.LabelToken(ctx, tokens[i].Token, known(truth)); err != nil {
			return nil, errors.Join(err, mon.Shutdown(ctx))
		}
	}
	if err := errors.Join(mon.Flush(ctx), mon.Shutdown(context.WithoutCancel(ctx)), seen.err); err != nil {
		return nil, err
	}
	p := new(profile.Profile)
	if err := p.UnmarshalBinary(seen.bytes); err != nil {
		return nil, err
	}
	fmt.Printf("labelled %d of %d in process %d of %d: a profile of %d bytes\n", p.Outcomes.Labelled, len(tokens), part+1, n, len(seen.bytes))
	return p, nil
}

// kept is an evaluator that keeps the newest window of labelled rows, as bytes that
// can be sent to whoever adds up the replicas.
type kept struct {
	bytes []byte
	err   error
}

// Evaluate has nothing to say without labels.
func (*kept) Evaluate(profile.Comparison) []report.Signal { return nil }

// EvaluateOutcomes keeps the window.
func (k *kept) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	if c.Window.Scale == 1 {
		k.bytes, k.err = c.Current.MarshalBinary()
	}
	return nil
}

// compare prints what one process and what two together counted, and how the model
// does by it. That the counts differ is an error.
func compare(reference *profile.Reference, whole, merged *profile.Profile) error {
	differ := 0
	for i := range whole.Outcomes.Binary {
		if whole.Outcomes.Binary[i].N != merged.Outcomes.Binary[i].N {
			differ++
		}
	}
	fmt.Printf("\n%-14s %-10s %s\n", "", "labelled", "score cells that differ")
	fmt.Printf("%-14s %-10d\n%-14s %-10d %d of %d\n\n", "one process", whole.Outcomes.Labelled,
		"two, merged", merged.Outcomes.Labelled, differ, len(whole.Outcomes.Binary))
	if differ > 0 || whole.Outcomes.Labelled != merged.Outcomes.Labelled {
		return errors.New("two replicas came to other counts than one process")
	}
	r := monitor.Compare(reference, merged, tidemark.Evaluators(), nil)
	for _, name := range []string{"roc_auc", "brier"} {
		about := report.Subject{Kind: report.KindMetric, Name: name}
		if s, ok := r.Find("performance."+name, about, 1); ok {
			fmt.Printf("%-8s %.3f [%.3f, %.3f]\n", name, s.Value, s.Low, s.High)
		}
	}
	return nil
}

// read reads JSON lines.
func read[T any](path string) (all []T, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var x T
		if err := json.Unmarshal(lines.Bytes(), &x); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, len(all)+1, err)
		}
		all = append(all, x)
	}
	return all, lines.Err()
}
