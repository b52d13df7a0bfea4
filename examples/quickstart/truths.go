package main

import (
	"math/rand/v2"

	"github.com/tidemark-ml/tidemark/profile"
)

// latest is the number of hours after which every loan's truth is known.
const latest = 48

// truth is what became of an applicant.
type truth struct {
	id        string
	defaulted bool
}

// truths are on their way, by the hour in which they come.
type truths struct {
	due [latest + 1][]truth
	now int
}

// add sends a truth on its way: a repayment takes hours, a default up to two days.
// What comes early is therefore no sample of what comes.
func (t *truths) add(id string, defaulted bool, r *rand.Rand) {
	delay := 1 + r.IntN(24)
	if defaulted {
		delay = 12 + r.IntN(latest-12)
	}
	slot := (t.now + delay) % len(t.due)
	t.due[slot] = append(t.due[slot], truth{id, defaulted})
}

// next begins an hour and gives away what is due in it, repayments and defaults as
// they happen to come.
func (t *truths) next(r *rand.Rand, label func(id string, truth profile.Truth)) {
	t.now++
	due := &t.due[t.now%len(t.due)]
	r.Shuffle(len(*due), func(i, j int) { (*due)[i], (*due)[j] = (*due)[j], (*due)[i] })
	for _, x := range *due {
		label(x.id, known(x.defaulted))
	}
	*due = (*due)[:0]
}

func known(defaulted bool) profile.Truth {
	if defaulted {
		return profile.Positive()
	}
	return profile.Negative()
}
