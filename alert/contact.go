package alert

import "github.com/tidemark-ml/tidemark/report"

// Contact says whose an incident is and what to do about it. Incidents carry it
// to pages and notifiers.
type Contact struct {
	Owner   string `json:"owner,omitempty"`   // a team or an address, as your notifier understands it
	Runbook string `json:"runbook,omitempty"` // a link
}

// contact returns that of a kind of evidence, completed by the one for all.
func (p *Policy) contact(kind report.Evidence) Contact {
	c, all := p.Contacts[kind], p.Contacts[report.Describes]
	if c.Owner == "" {
		c.Owner = all.Owner
	}
	if c.Runbook == "" {
		c.Runbook = all.Runbook
	}
	return c
}

// assign gives an incident its contact: that of its rule, or of the evidence it
// leads with.
func (p *Policy) assign(in *incident) {
	c := p.contact(in.members[0].evidence.Evidence)
	if r := p.rule(in.view.Rule); r != nil {
		if r.Owner != "" {
			c.Owner = r.Owner
		}
		if r.Runbook != "" {
			c.Runbook = r.Runbook
		}
	}
	in.view.Owner, in.view.Runbook = cut(c.Owner), cut(c.Runbook)
}
