package report

import "iter"

// Paneler is something beside a monitor that has state worth showing on its
// page: a rollout, a guard, a review queue. Panel may be called concurrently and
// must not block.
type Paneler interface {
	Panel() Panel
}

// Tallier is something beside a monitor whose counts are exported with the
// monitor's: see [Source.Totals] for what it must keep to.
type Tallier interface {
	Totals() iter.Seq[Total]
}

// Panel is a block of a page: a headline, facts, tables and charts. It holds
// declared names and counts only, never a row or an id.
type Panel struct {
	// Title names the block: "Canary: 2026-11-01 against 2026-10-15".
	Title string `json:"title"`
	// State is one or two words, Status how they are coloured.
	State  string `json:"state,omitempty"`
	Status Status `json:"status,omitempty"`
	// Text is one sentence for people.
	Text   string  `json:"text,omitempty"`
	Facts  []Fact  `json:"facts,omitempty"`
	Tables []Table `json:"tables,omitempty"`
	Charts []Chart `json:"charts,omitempty"`
}

// Fact is one named value of a panel, formatted for people.
type Fact struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Status Status `json:"status,omitempty"`
}

// Table is rows of cells, formatted for people; every row is as long as Columns.
type Table struct {
	Title   string     `json:"title,omitempty"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}
