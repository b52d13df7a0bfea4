package notify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

func (a *Alertmanager) labels(in *report.Incident) map[string]string {
	labels := maps.Clone(a.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels["alertname"] = "ModelIncident"
	labels["page"] = fmt.Sprint(in.Page)
	for name, value := range map[string]string{
		"model": in.Model.Name, "version": in.Model.Version, "incident": in.ID,
		"severity": in.Severity.String(), "rule": in.Rule, "owner": in.Owner,
	} {
		if value != "" { // Alertmanager refuses empty ones
			labels[name] = value
		}
	}
	return labels
}

func annotationsOf(in *report.Incident) map[string]string {
	subjects := make([]string, len(in.Subjects))
	for i, s := range in.Subjects {
		subjects[i] = s.String()
	}
	annotations := map[string]string{"summary": in.Model.Name + ": " + in.Cause, "cause": in.Cause, "subjects": strings.Join(subjects, ", ")}
	if in.Runbook != "" {
		annotations["runbook"] = in.Runbook
	}
	if in.Muted != "" {
		annotations["muted"] = in.Muted
	}
	if in.Acknowledged != nil {
		annotations["acknowledged_by"] = in.Acknowledged.By
	}
	return annotations
}

// textOfLabels identifies an alert, as Alertmanager does by its labels.
func textOfLabels(labels map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		fmt.Fprintf(&b, "%s=%q,", name, labels[name])
	}
	return b.String()
}
