package main

import (
	"fmt"
	"strings"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/report"
)

// scale is the number of panes of the windows in the closing words.
const scale = 16

// figure is a signal of a window; windows are told apart by their last pane.
type figure struct {
	name, about string
	pane        uint64
}

// remember keeps the figures of a report that the closing words are made of: what
// was estimated is long replaced when the truths of the same hours are known.
func (n *narrator) remember(r *report.Report) {
	for _, s := range r.Signals {
		kept := strings.HasPrefix(s.Name, "performance.") || strings.HasPrefix(s.Name, "estimated.") || strings.HasPrefix(s.Name, "kpi.")
		if s.Window.Scale != scale || s.Undefined || s.Subject.Segment != "" || !kept {
			continue
		}
		n.figures[figure{s.Name, s.Subject.Name, s.Window.Pane}] = s
		if s.Name == "performance.brier" {
			n.mature = s.Window.Pane
		}
	}
}

// close prints how the model has done, whom it treated how and what became of the
// truths.
func (n *narrator) close(mon *monitor.Monitor, healthy uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.last == nil {
		return
	}
	n.performance("before the faults", healthy)
	n.performance("newest known truths", n.mature)
	n.channels()
	n.groups()
	var fates []string
	for total := range mon.Totals() {
		if total.Value == 0 {
			continue
		}
		switch total.Name {
		case report.TotalLabels:
			fates = append(fates, fmt.Sprintf("%.0f %s", total.Value, total.Attributes[len(total.Attributes)-1].Value))
		case report.TotalLabelsWaiting:
			fates = append(fates, fmt.Sprintf("%.0f waiting for their row", total.Value))
		}
	}
	fmt.Printf("\nlabels: %s\n\n%s\n", strings.Join(fates, ", "), n.last.Summary)
}

// performance prints what was realised in a window next to what was estimated
// when it closed.
func (n *narrator) performance(what string, pane uint64) {
	fmt.Printf("\n%-22s %-30s %s\n", what, "realised, with labels", "estimated, without")
	for _, metric := range []string{"accuracy", "roc_auc", "brier"} {
		real := n.figures[figure{"performance." + metric, metric, pane}]
		guess := n.figures[figure{"estimated." + metric, metric, pane}]
		fmt.Printf("  %-20s %-30s %s\n", metric, between(real), between(guess))
	}
	if s, ok := n.figures[figure{"kpi.value", accepted, pane}]; ok {
		fmt.Printf("  %-20s %s kEUR\n", accepted, between(s))
	}
}

func between(s report.Signal) string {
	if s.Name == "" {
		return "not known yet"
	}
	return fmt.Sprintf("%.3f [%.3f, %.3f]", s.Value, s.Low, s.High)
}

// channels prints the newest realised figure of each segment.
func (n *narrator) channels() {
	fmt.Printf("  %-20s", "brier by channel")
	for _, s := range n.last.Signals {
		if s.Name == "performance.brier" && s.Window.Scale == scale && s.Subject.Segment != "" {
			fmt.Printf(" %s %.3f ", strings.TrimPrefix(s.Subject.Segment, "channel="), s.Value)
		}
	}
	fmt.Println()
}

// groups prints what the newest report says of each group.
func (n *narrator) groups() {
	fmt.Printf("\n%-22s %-10s %-20s %-24s %s\n", "group", "refused", "gap to the rest", "refused though good", "found though bad")
	for _, group := range []string{"sex=f", "sex=m"} {
		about := report.Subject{Kind: report.KindGroup, Name: group}
		gap, _ := n.last.Find("fairness.demographic_parity", about, scale)
		fmt.Printf("  %-20s %-10s %-20s %-24s %s\n", group, n.share("fairness.selection_rate", about),
			fmt.Sprintf("%+.1f %% (%s)", 100*gap.Effect.Size, gap.Status),
			n.share("fairness.false_positive_rate", about), n.share("fairness.true_positive_rate", about))
	}
	fmt.Println("  (the last two from labels, hence of hours before)")
}

func (n *narrator) share(name string, about report.Subject) string {
	s, ok := n.last.Find(name, about, scale)
	if !ok || s.Undefined {
		return "not known yet"
	}
	return fmt.Sprintf("%.1f %%", 100*s.Value)
}
