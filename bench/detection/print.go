package main

import (
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
)

// print writes the tables.
func (r *result) print(to io.Writer) {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	defer w.Flush()
	r.printRates(w)
	r.printPower(w)
	r.printIncidents(w)
	r.printDelays(w)
	r.printDetectors(w)
}

func (r *result) printRates(w io.Writer) {
	if r.FalseAlarmRate == nil {
		return
	}
	fmt.Fprintf(w, "False alarms on one window of one column without a change, reference of %d rows\nrows", referenceRows)
	for _, n := range nominals {
		fmt.Fprintf(w, "\tours at %v", n)
	}
	for i := range len(peers()) + 1 {
		fmt.Fprint(w, "\t", peerName(i))
	}
	fmt.Fprintln(w)
	for _, n := range sizes() {
		key := strconv.Itoa(n)
		fmt.Fprint(w, key)
		for _, nominal := range nominals {
			fmt.Fprintf(w, "\t%.5f", r.FalseAlarmRate[key][fmt.Sprint(nominal)])
		}
		for i := range len(peers()) + 1 {
			fmt.Fprintf(w, "\t%.3f", r.PeerRate[key][peerName(i)])
		}
		fmt.Fprintln(w)
	}
	r.printAny(w)
}

// printAny is the same for the probability that any of several columns alarms.
func (r *result) printAny(w io.Writer) {
	fmt.Fprint(w, "\nAny of 1 / 20 / 100 columns alarms\nrows\tours, .01 over all")
	for i := range len(peers()) + 1 {
		fmt.Fprint(w, "\t", peerName(i))
	}
	fmt.Fprintln(w)
	for _, n := range sizes() {
		key := strconv.Itoa(n)
		rate := r.FalseAlarmRate[key]
		fmt.Fprintf(w, "%s\t%.4f / – / %.4f", key, rate[fmt.Sprint(.01)], anyOf(rate[fmt.Sprint(.0001)], 100))
		for i := range len(peers()) + 1 {
			p := r.PeerRate[key][peerName(i)]
			fmt.Fprintf(w, "\t%.2f / %.2f / %.2f", p, anyOf(p, 20), anyOf(p, 100))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

func (r *result) printPower(w io.Writer) {
	if r.Power == nil {
		return
	}
	columns := []string{"ours", "ours, min effect .03"}
	for _, p := range peers() {
		columns = append(columns, p.name)
	}
	fmt.Fprint(w, "Power on one window, ours at .05/100\ndrift")
	for _, c := range columns {
		fmt.Fprint(w, "\t", c)
	}
	fmt.Fprintln(w)
	for _, p := range powers() {
		fmt.Fprint(w, p.key())
		for _, c := range columns {
			fmt.Fprintf(w, "\t%.2f", r.Power[p.key()][c])
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

func (r *result) printIncidents(w io.Writer) {
	if r.FalseIncidents == nil {
		return
	}
	fmt.Fprintf(w, "False incidents of a healthy model in 720 panes, %d runs; alarms of columns per day of the peers' rules\nscenario\tours\t± se\tmost", r.Runs)
	for _, p := range peers() {
		fmt.Fprint(w, "\t", p.name)
	}
	fmt.Fprintln(w)
	for _, name := range r.order {
		mark := ""
		if r.hard[name] {
			mark = " (hard)"
		}
		fmt.Fprintf(w, "%s%s\t%.2f\t%.2f\t%d", name, mark, r.FalseIncidents[name], r.FalseIncidentsSE[name], r.MostIncidents[name])
		for _, p := range peers() {
			fmt.Fprintf(w, "\t%.1f", r.PeerAlarms[name][p.name])
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "pooled over those not hard\t%.3f\nevaluation, s per month\t%.2f\n\n", r.Pooled, r.SecondsPerMonth)
}

func (r *result) printDelays(w io.Writer) {
	if r.Delay == nil {
		return
	}
	fmt.Fprint(w, "Median delay in panes, 1 = the first drifted; – = not within 280\ndrift")
	var names []string
	for _, b := range backgrounds() {
		if _, ok := r.Delay[b.name]; ok {
			names = append(names, b.name)
			fmt.Fprint(w, "\t", b.name)
		}
	}
	fmt.Fprintln(w, "\tgoal iid\tgoal t3")
	for _, c := range changes() {
		fmt.Fprint(w, c.name)
		for _, name := range names {
			if d := r.Delay[name][c.name]; d == never {
				fmt.Fprint(w, "\t–")
			} else {
				fmt.Fprintf(w, "\t%d", d)
			}
		}
		fmt.Fprintf(w, "\t%s\t%s\n", goal(c.goal), goal(c.goalT3))
	}
	fmt.Fprintln(w)
}

func goal(panes int) string {
	if panes == 0 {
		return ""
	}
	return "≤ " + strconv.Itoa(panes)
}

func (r *result) printDetectors(w io.Writer) {
	if r.Detectors == nil {
		return
	}
	fmt.Fprint(w, "Detectors at their defaults on a stream of errors\ndetector\tsetting\terror rate\tjump\tfalse alarms per 100k\tmedian delay, items\tmissed\n")
	for _, d := range r.Detectors {
		fmt.Fprintf(w, "%s\t%v\t%.2f\t×%v\t%.2f\t%d\t%.2f\n", d.Detector, d.Setting, d.Rate, d.Factor, d.FalsePer100k, d.Delay, d.Missed)
	}
	fmt.Fprint(w, "\nMedian delay at equal false alarms per 100k items; references of 5,000 and 50,000 items; the oracle knows both rates\n")
	fmt.Fprint(w, "rival\terror rate\tjump\tsetting\tfalse: rival\te-SR\te-SR 50k\toracle\tdelay: rival\te-SR\te-SR 50k\toracle\te-SR faster\tbound\n")
	for i := range r.Duels {
		fmt.Fprintln(w, &r.Duels[i])
	}
}
