package quality

// Known are the categories of a reference.
type Known map[string]struct{}

// KnownOf collects the categories of a reference sample; missing marks rows
// without one and may be shorter than labels or nil.
func KnownOf(labels []string, missing []bool) Known {
	known := make(Known)
	for i, label := range labels {
		if !(i < len(missing) && missing[i]) {
			known[label] = struct{}{}
		}
	}
	return known
}

// Unseen is the rate of rows whose category the reference lacks; missing marks
// rows without one, which are not unseen but are in the total. It may be shorter
// than labels or nil.
func (k Known) Unseen(labels []string, missing []bool) Rate {
	r := Rate{Total: uint64(len(labels))}
	for i, label := range labels {
		if i < len(missing) && missing[i] {
			continue
		}
		if _, ok := k[label]; !ok {
			r.Count++
		}
	}
	return r
}
