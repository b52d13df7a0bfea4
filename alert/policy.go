package alert

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// Month is the default [Policy.Budget]: thirty days for one false incident.
const Month = 30 * 24 * time.Hour

// Policy turns the signals of a report into verdicts and incidents. The zero
// value is the policy most services should start with: at most one false
// incident per model and month.
//
// Set the fields before the first [Policy.Decide] and leave them alone
// afterwards. The methods may be called concurrently; Decide itself wants the
// reports of one monitor, in pane order. A Policy must not be copied after use.
type Policy struct {
	// Budget is how long a healthy model runs, on average, until a false
	// incident. 0 means [Month]. It is turned into panes with the median
	// duration of recent one-pane windows, an hour where windows have none.
	Budget time.Duration
	// Panes is the same budget counted in panes. It wins over Budget when > 0.
	Panes float64
	// Level is for one look instead of a watch over time, such as comparing two
	// profiles: the probability that a report without any change shows a
	// breach, split over the kinds and scales in that report. In (0, 1) it wins
	// over Panes and Budget; otherwise it is ignored.
	Level float64
	// Replicas is the number of processes that watch the same model, each with
	// its own share of the traffic and of the budget. Below 1 means 1.
	Replicas int
	// Shares weighs kinds of evidence against each other, overriding single
	// entries of [DefaultShares]. Weights are relative: the kinds in use always
	// spend the whole budget. With a weight of 0 a kind describes only.
	Shares map[report.Evidence]float64
	// Strict replaces Benjamini–Hochberg by Holm: valid under any dependence of
	// the signals, for where an automatic action follows from a single one.
	Strict bool
	// WarnFactor: an adjusted p-value up to WarnFactor·α is a warning. 0 means
	// 3; anything up to 1 means no warnings.
	WarnFactor float64

	// Join is how many panes after an incident opened, or worsened, other
	// subjects still join it; an alarm of a larger window always joins one that
	// opened within that window. 0 means 2, negative none but the same pane.
	// Subjects that belong together, or moved ever since it opened, join later.
	Join int
	// Resolve is the number of quiet panes that resolve an incident. 0 means 6;
	// at least 1.
	Resolve int
	// Reopen is the cool-down: how many panes after its resolution an incident
	// comes back, paging nobody, instead of a new one opening for the same
	// subject. 0 means 24, negative never.
	Reopen int
	// Remember is how many resolved incidents are kept. 0 means 100, at most
	// 1,000; negative keeps only those that may still reopen.
	Remember int
	// MaxEvidence is how many subjects an incident lists, the most telling
	// ones; its Cause counts the others. 0 means 32, at most 256.
	MaxEvidence int

	// Rules are thresholds of the user's own, outside the budget.
	Rules []Rule
	// Contacts are the owners and runbooks of incidents by the kind of evidence
	// they lead with; that of report.Describes completes all others.
	Contacts map[report.Evidence]Contact
	// Maintenance are the times in which change is expected.
	Maintenance []Maintenance
	// Repeat is how long, in event time, an incident that pages may stand open
	// and unacknowledged until it pages again. 0 means a day, negative never.
	Repeat time.Duration
	// DigestAt is the time of day, UTC, at which a day of the digest ends; below
	// 0 or from 24 hours on there is none.
	DigestAt time.Duration

	mu    sync.Mutex
	state state
}

// Bounds of the state, whatever comes in.
const (
	maxKinds     = 32   // kinds of evidence with a share
	maxOpen      = 100  // open incidents; beyond, subjects join the newest
	maxMembers   = 4096 // subjects followed over all open and reopenable incidents
	maxMarks     = 64   // kinds × scales followed for one subject
	maxEvents    = 64   // entries of the timeline
	maxRemember  = 1000
	maxEvidence  = 256
	maxPace      = 15      // window durations the median is taken of
	maxRungs     = 8       // scales
	maxName      = 1 << 10 // bytes of a name or subject that is followed
	maxText      = 512     // bytes of a sentence
	maxWarnings  = 8       // warnings kept with evidence
	maxAlpha     = .05     // no budget makes weaker evidence than this an alarm
	defaultPace  = time.Hour
	defaultWarn  = 3
	smallestPane = 1 // a budget is never less than one pane
)

// rules are the parameters of a policy, resolved.
type rules struct {
	warn                  float64
	join, resolve, reopen uint64
	remember, evidence    int
	repeat                time.Duration
}

func (p *Policy) rules() rules {
	warn := p.WarnFactor
	if warn == 0 || math.IsNaN(warn) {
		warn = defaultWarn
	}
	repeat := p.Repeat
	if repeat == 0 {
		repeat = 24 * time.Hour
	}
	return rules{
		repeat:   repeat,
		warn:     warn,
		join:     atLeast(p.Join, 2, 0),
		resolve:  atLeast(p.Resolve, 6, 1),
		reopen:   atLeast(p.Reopen, 24, 0),
		remember: min(int(atLeast(p.Remember, 100, 0)), maxRemember),
		evidence: min(int(atLeast(p.MaxEvidence, 32, 1)), maxEvidence),
	}
}

// atLeast resolves a count: 0 means the default, and less than least is least.
func atLeast(value, fallback, least int) uint64 {
	if value == 0 {
		value = fallback
	}
	return uint64(max(value, least))
}

// Horizon returns the number of panes among which one false incident is
// expected at most: Panes, or Budget over the pace seen so far (720 by default
// before any window was seen), times Replicas.
func (p *Policy) Horizon() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.horizon()
}

func (p *Policy) horizon() float64 {
	replicas := float64(max(p.Replicas, 1))
	if p.Panes > 0 {
		return max(p.Panes, smallestPane) * replicas
	}
	budget := p.Budget
	if budget <= 0 {
		budget = Month
	}
	return max(float64(budget)/float64(p.state.median()), smallestPane) * replicas
}

// median is the pace: the median duration of the newest one-pane windows. A
// flushed, short pane or an idle, long one does not move it.
func (s *state) median() time.Duration {
	if len(s.pace) == 0 {
		return defaultPace
	}
	sorted := slices.Sorted(slices.Values(s.pace))
	return sorted[len(sorted)/2]
}

// Capped returns how often a bound of the policy's memory was hit: subjects
// that were not followed and kinds of evidence that got no share.
func (p *Policy) Capped() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.capped
}
