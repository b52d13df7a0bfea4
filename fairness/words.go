package fairness

import (
	"fmt"
	"math"
	"strconv"

	"github.com/tidemark-ml/tidemark/internal/phrase"
)

// points shows a difference of shares in percentage points, with its sign.
func points(v float64) string { return fmt.Sprintf("%+.1f points", 100*v) }

func (m *measure) show(v float64) string {
	if m.numbers {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	return phrase.Percent(v)
}

func (s *sides) rateWords() string {
	mean, _ := s.now.group.Mean()
	if s.measure.numbers {
		return fmt.Sprintf("%s %s over %d rows", s.measure.words, s.measure.show(mean), s.now.group.N)
	}
	text := fmt.Sprintf("%s %s of %d", s.measure.words, s.measure.show(mean), s.now.group.N)
	if !math.IsNaN(s.shrunk) {
		text += fmt.Sprintf("; shrunken %s", s.measure.show(s.shrunk))
	}
	return text
}

func (s *sides) gapWords() string {
	a, _ := s.now.group.Mean()
	b, _ := s.now.rest.Mean()
	return fmt.Sprintf("%s %s, the rest %s", s.measure.words, s.measure.show(a), s.measure.show(b))
}

func (s *sides) ratioWords(ratio float64) string {
	return fmt.Sprintf("%s %.2f times as often as the rest", s.measure.words, ratio)
}

func (s *sides) driftWords() string {
	if s.measure.numbers {
		return fmt.Sprintf("%s: gap to the rest %.3g → %.3g", s.measure.words, s.then.gap, s.now.gap)
	}
	return fmt.Sprintf("%s: gap to the rest %s → %s", s.measure.words, points(s.then.gap), points(s.now.gap))
}

func (s *sides) nothing() string {
	return fmt.Sprintf("group %s: %s is undefined, with %d rows to count it over and %d in the rest",
		s.group, s.measure.words, s.now.group.N, s.now.rest.N)
}

func (s *sides) smallWords(rows, count uint64) string {
	text := fmt.Sprintf("group %s: %d rows, %d of them to count %q over (rest: %d and %d); %d and %d are needed of each",
		s.group, s.rows, s.now.group.N, s.measure.words, s.others, s.now.rest.N, rows, count)
	if s.rows >= leastRows && !math.IsNaN(s.shrunk) {
		text += "; the rate to bet on is " + s.measure.show(s.shrunk)
	}
	return text
}

func (s *sides) unknownBefore(counted bool) string {
	if !counted {
		return fmt.Sprintf("group %s: the reference does not count groups, so there is no gap to have changed; build it from rows with this feature, answers and, for rates that need them, labels", s.group)
	}
	return fmt.Sprintf("group %s: the reference has %d rows of it to count %q over (rest: %d), too few for a gap to have changed",
		s.group, s.then.group.N, s.measure.words, s.then.rest.N)
}
