package monitor

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/profile"
)

// printOf identifies what a frozen set asks and was given to expect, so that answers
// are not held against those to other inputs. Inputs are taken as JSON, or as they
// print where they have none (a NaN); those of which a process prints an address are
// never the same again.
func printOf[In any](name string, inputs []In, expected []profile.Outcome) uint64 {
	asks, err := []byte(nil), error(nil)
	panicked := guard("the JSON of a frozen input", func() error { asks, err = json.Marshal(inputs); return nil })
	if err != nil || panicked != nil {
		asks = fmt.Appendf(nil, "%+v", inputs)
	}
	gives := &stateWriter{}
	gives.outcomes(expected)
	return profile.HashID(name + "\x00" + string(asks) + "\x00" + string(gives.b))
}

// expectations are the answers that a frozen set was left with: those of its first
// run, or accepted ones.
type expectations struct {
	print    uint64
	first    float64
	expected []profile.Outcome
}

// encodeFrozen writes them: a model file that is replaced by mistake is replaced in a
// deploy, and a first run after it would take its answers for the right ones.
func (k *keeper) encodeFrozen(w *stateWriter) {
	w.number(uint64(len(k.config.frozen)))
	for _, v := range k.config.frozen {
		v.mu.Lock()
		w.number(v.print)
		w.number(math.Float64bits(v.first))
		w.outcomes(v.expected)
		v.mu.Unlock()
	}
}

func decodeFrozen(r *stateReader) (all []expectations) {
	for range r.count(maxFrozenSets) {
		e := expectations{print: r.Uint64(), first: r.Float(), expected: r.outcomes()}
		if e.first-e.first != 0 {
			r.Fail("a loss that is not finite")
		}
		all = append(all, e)
	}
	return all
}

func (k *keeper) adoptFrozen(all []expectations) {
	for _, v := range k.config.frozen {
		for _, e := range all {
			if e.print == v.print && len(e.expected) == v.rows {
				v.mu.Lock()
				v.expected, v.first = e.expected, e.first
				v.mu.Unlock()
			}
		}
	}
}

func (w *stateWriter) outcomes(all []profile.Outcome) {
	w.number(uint64(len(all)))
	for i := range all {
		o := &all[i]
		w.number(math.Float64bits(o.Score))
		w.text(o.Class)
		w.flag(o.Absent)
		w.number(uint64(len(o.Probabilities)))
		for _, p := range o.Probabilities {
			w.number(math.Float64bits(p))
		}
	}
}

func (r *stateReader) outcomes() (all []profile.Outcome) {
	for range r.count(maxFrozenRows) {
		o := profile.Outcome{Score: r.Float(), Class: r.text(), Absent: r.flag()}
		for range r.count(math.MaxInt32) {
			o.Probabilities = append(o.Probabilities, r.Float())
		}
		if r.Err() != nil {
			return nil
		}
		all = append(all, o)
	}
	return all
}
