package alert

import (
	"math"

	"github.com/tidemark-ml/tidemark/report"
)

// verdicts are the signals of one report by what is done with them. The values
// are indices into the signals, in their order.
type verdicts struct {
	families  map[family][]int
	described map[series][]int
}

// family is what shares one part of the budget.
type family struct {
	kind report.Evidence
	rung int
}

// series are the signals that describe the same thing about many subjects.
type series struct {
	kind report.Evidence
	name string
	rung int
}

// sort gives those signals a status that nothing can be concluded from, and
// files the others.
func (p *Policy) sort(r *report.Report, steps ladder) verdicts {
	v := verdicts{families: map[family][]int{}, described: map[series][]int{}}
	defaults := DefaultShares()
	for i := range r.Signals {
		s := &r.Signals[i]
		s.Threshold, s.HasThreshold = 0, false
		if s.Status = withheld(r, s); s.Status != report.Unknown {
			continue
		}
		rung := steps.rung(s.Window.Scale)
		if s.Evidence != report.Describes && s.HasP && p.weight(s.Evidence, defaults) > 0 {
			if p.state.use(s.Evidence, rung) {
				key := family{s.Evidence, rung}
				v.families[key] = append(v.families[key], i)
				continue
			}
			p.state.capped++
		}
		key := series{s.Evidence, s.Name, rung}
		v.described[key] = append(v.described[key], i)
	}
	return v
}

// withheld returns the status of a signal that must not be decided on, or
// Unknown where it may.
func withheld(r *report.Report, s *report.Signal) report.Status {
	switch {
	case s.Undefined || !s.Finite() || warned(s, report.WarnFailed):
		return report.Insufficient
	case s.HasP && !(s.P >= 0 && s.P <= 1):
		return report.Insufficient
	case r.Learning != nil || warned(s, report.WarnNoBlocks):
		return report.Learning
	case warned(s, report.WarnSmallSample):
		return report.Insufficient
	}
	return report.Unknown
}

func warned(s *report.Signal, code report.Code) bool {
	for _, w := range s.Warnings {
		if w.Code == code {
			return true
		}
	}
	return false
}

// decide judges one family. Subjects that already have an open incident are
// left out of the family that may open another: under Benjamini–Hochberg every
// true rejection makes the next one easier, and a drift that stays would
// otherwise go on producing false incidents in everything else. They themselves
// are judged within the whole family, which can only extend what is open.
func (p *Policy) decide(signals []report.Signal, members []int, at limits, open map[report.Subject]place) {
	var fresh, known []int
	for _, i := range members {
		if _, ok := open[signals[i].Subject]; ok {
			known = append(known, i)
		} else {
			fresh = append(fresh, i)
		}
	}
	if len(known) > 0 {
		p.judge(signals, members, at)
	}
	p.judge(signals, fresh, at) // overrules, for these
}

// limits are what adjusted p-values are compared with.
type limits struct{ alpha, warn float64 }

// judge gives the signals of a family their status and threshold.
func (p *Policy) judge(signals []report.Signal, members []int, at limits) {
	values := make([]float64, len(members))
	for k, i := range members {
		values[k] = signals[i].P
	}
	adjusted, levels := adjust(values, at.alpha, p.Strict)
	for k, i := range members {
		s := &signals[i]
		limit(s, levels[k])
		switch {
		case adjusted[k] <= at.alpha:
			s.Status = report.Breach
			// Critical values are interpolated; a breach is not below its own.
			switch {
			case s.HasThreshold && s.Below:
				s.Threshold = max(s.Threshold, s.Value)
			case s.HasThreshold:
				s.Threshold = min(s.Threshold, s.Value)
			}
		case adjusted[k] <= at.warn*at.alpha:
			s.Status = report.Warn
		default:
			s.Status = report.OK
		}
	}
}

// describe gives signals that decide nothing the threshold that none of them
// exceeds by chance with probability 1−alpha (Bonferroni over the subjects).
// Without critical values the p-value is held against the same level; without
// either there is no limit, and the signal is OK.
func describe(signals []report.Signal, members []int, alpha float64) {
	level := alpha / float64(len(members))
	for _, i := range members {
		s := &signals[i]
		s.Status = report.OK
		limit(s, level)
		if s.HasThreshold && beyond(s) || !s.HasThreshold && s.HasP && s.P <= level {
			s.Status = report.Breach
		}
	}
}

// beyond tells whether a value lies beyond its threshold.
func beyond(s *report.Signal) bool {
	if s.Below {
		return s.Value < s.Threshold
	}
	return s.Value > s.Threshold
}

// limit sets the threshold of a signal: its critical value at a level.
func limit(s *report.Signal, level float64) {
	if v, ok := s.Critical.At(level); ok && finite(s.Critical) {
		s.Threshold, s.HasThreshold = v, true
	}
}

// finite tells whether every critical value is; a user's own evaluator may not
// have asked [report.CriticalValues].
func finite(c report.Critical) bool {
	for _, v := range c {
		if math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
			return false
		}
	}
	return true
}
