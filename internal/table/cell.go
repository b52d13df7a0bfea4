package table

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// missing reports whether a cell of the file stands for no value.
func missing(text string) bool {
	switch strings.TrimSpace(text) {
	case "", "?", "NA", "N/A", "NaN", "nan", "null", "NULL", "None":
		return true
	}
	return false
}

// number reads a number; one beyond the range of a float64 is infinite.
func number(text string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return math.NaN(), false
	}
	return v, true
}

func truth(text string) (value, ok bool) {
	switch text {
	case "true", "True", "TRUE":
		return true, true
	case "false", "False", "FALSE":
		return false, true
	}
	return false, false
}

// value reads a cell as the column's kind. What does not parse is passed on as
// text, which the profile counts as a type mismatch.
func (c *column) value(text string) profile.Value {
	if missing(text) {
		return profile.Missing()
	}
	switch {
	case c.kind&numberKind != 0:
		if v, ok := number(text); ok {
			return profile.Float(v)
		}
	case c.kind&booleanKind != 0:
		if v, ok := truth(text); ok {
			return profile.Bool(v)
		}
		if text == "0" || text == "1" {
			return profile.Bool(text == "1")
		}
	case c.kind&vectorKind != 0:
		var v []float32
		if json.Unmarshal([]byte(text), &v) == nil {
			return profile.Vector(v)
		}
	}
	return profile.String(text)
}

func outcome(target profile.Target, text string) profile.Outcome {
	if missing(text) {
		return profile.Outcome{Absent: true}
	}
	if target.Task == profile.MulticlassTask {
		return profile.Outcome{Class: text}
	}
	v, _ := number(text) // NaN where it is none: counted as invalid
	return profile.Outcome{Score: v}
}

// label reads a truth. A missing one is not known yet.
func (o *Options) label(target profile.Target, text string) (profile.Truth, error) {
	if missing(text) {
		return profile.Truth{}, nil
	}
	if target.Task == profile.MulticlassTask {
		return profile.Class(text), nil
	}
	v, ok := number(text)
	if target.Task == profile.RegressionTask {
		if !ok {
			return profile.Truth{}, fmt.Errorf("%w: label %.20q is no number", ErrCell, text)
		}
		return profile.Number(v), nil
	}
	positive, is := truth(text)
	switch {
	case o.Positive != "":
		positive = text == o.Positive
	case is:
	case ok && (v == 0 || v == 1):
		positive = v == 1
	default:
		return profile.Truth{}, fmt.Errorf("%w: label %.20q is neither 0, 1, true nor false; say which label is the positive one", ErrCell, text)
	}
	if positive {
		return profile.Positive(), nil
	}
	return profile.Negative(), nil
}

// maxUnix bounds Unix times: beyond the year 9999 a number is no time.
const (
	maxUnix   = 253402300799
	maxMillis = maxUnix * 1000
)

// ParseTime reads a time; a missing one is zero. Without a zone it is UTC.
func ParseTime(text string) (time.Time, error) {
	if missing(text) {
		return time.Time{}, nil
	}
	for _, layout := range [...]string{time.RFC3339Nano, time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	v, ok := number(text)
	switch {
	case !ok || !(math.Abs(v) <= maxMillis):
		return time.Time{}, fmt.Errorf("%w: time %.30q is in no format that is known", ErrCell, text)
	case math.Abs(v) > 1e11:
		return time.UnixMilli(int64(v)).UTC(), nil
	}
	seconds, part := math.Modf(v)
	return time.Unix(int64(seconds), int64(part*1e9)).UTC(), nil
}
