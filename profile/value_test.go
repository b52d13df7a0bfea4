package profile

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

type (
	named   string
	count   int
	measure float32
	flag    bool
	vector  []float32
	doubles []float64
)

func TestValueOf(t *testing.T) {
	for name, tc := range map[string]struct {
		in   any
		kind valueKind
		text string
	}{
		"nil":              {nil, missingValue, "missing"},
		"value":            {Int(3), intValue, "3"},
		"float64":          {1.5, floatValue, "1.5"},
		"float32":          {float32(1.5), floatValue, "1.5"},
		"int":              {-3, intValue, "-3"},
		"int8":             {int8(-3), intValue, "-3"},
		"int16":            {int16(-3), intValue, "-3"},
		"int32":            {int32(-3), intValue, "-3"},
		"int64":            {int64(-3), intValue, "-3"},
		"uint":             {uint(3), intValue, "3"},
		"uint8":            {uint8(3), intValue, "3"},
		"uint16":           {uint16(3), intValue, "3"},
		"uint32":           {uint32(3), intValue, "3"},
		"uint64":           {uint64(3), intValue, "3"},
		"large uint64":     {uint64(math.MaxUint64), floatValue, "1.8446744073709552e+19"},
		"string":           {"x", stringValue, "x"},
		"bool":             {true, boolValue, "true"},
		"vector":           {[]float32{1, 2}, vectorValue, "vector of 2"},
		"doubles":          {[]float64{1, 2}, vectorValue, "vector of 2"},
		"nil vector":       {[]float32(nil), missingValue, "missing"},
		"nil doubles":      {[]float64(nil), missingValue, "missing"},
		"empty vector":     {[]float32{}, vectorValue, "vector of 0"},
		"pointer":          {ptr(1.5), floatValue, "1.5"},
		"nil pointer":      {(*float64)(nil), missingValue, "missing"},
		"string pointer":   {ptr("x"), stringValue, "x"},
		"int32 pointer":    {ptr(int32(3)), intValue, "3"},
		"nil bool pointer": {(*bool)(nil), missingValue, "missing"},
		"float32 pointer":  {ptr(float32(1.5)), floatValue, "1.5"},
		"two pointers":     {ptr(ptr(1.5)), invalidValue, "invalid"},
		"named string":     {named("x"), stringValue, "x"},
		"named int":        {count(3), intValue, "3"},
		"named float":      {measure(1.5), floatValue, "1.5"},
		"named bool":       {flag(true), boolValue, "true"},
		"named vector":     {vector{1}, vectorValue, "vector of 1"},
		"named doubles":    {doubles{1}, vectorValue, "vector of 1"},
		"named nil":        {vector(nil), missingValue, "missing"},
		"json whole":       {json.Number("3"), intValue, "3"},
		"json number":      {json.Number("3.5"), floatValue, "3.5"},
		"json nonsense":    {json.Number("x"), invalidValue, "invalid"},
		"duration":         {time.Duration(3), intValue, "3"},
		"struct":           {struct{}{}, invalidValue, "invalid"},
		"struct pointer":   {&struct{}{}, invalidValue, "invalid"},
		"nil struct":       {(*struct{})(nil), invalidValue, "invalid"},
		"map":              {map[string]int{}, invalidValue, "invalid"},
		"complex":          {1i, invalidValue, "invalid"},
		"ints":             {[]int{1}, invalidValue, "invalid"},
		"nil func":         {(func())(nil), invalidValue, "invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			if v := ValueOf(tc.in); v.kind != tc.kind || v.String() != tc.text {
				t.Errorf("%v (kind %d), want %v (kind %d)", v, v.kind, tc.text, tc.kind)
			}
		})
	}
}

func TestValueReads(t *testing.T) {
	if v, ok := Bool(true).Number(); !ok || v != 1 {
		t.Errorf("Bool: %v, %v", v, ok)
	}
	if _, ok := String("1").Number(); ok {
		t.Error("a String is no number")
	}
	if _, ok := Float(1).Text(); ok {
		t.Error("a Float is no text")
	}
	if v, ok := Vector([]float32{1, 2}).Floats(); !ok || len(v) != 2 || v[1] != 2 {
		t.Errorf("Vector: %v, %v", v, ok)
	}
	if v, ok := Vector([]float32{}).Floats(); !ok || len(v) != 0 {
		t.Errorf("empty Vector: %v, %v", v, ok)
	}
	if s, ok := String("").Text(); !ok || s != "" {
		t.Errorf("empty String: %q, %v", s, ok)
	}
	if !(Value{}).IsMissing() || !Vector(nil).IsMissing() {
		t.Error("the zero Value and a nil vector are missing")
	}
}

func TestDecimal(t *testing.T) {
	for v, want := range map[int64]string{0: "0", 7: "7", -7: "-7", math.MaxInt64: "9223372036854775807", math.MinInt64: "-9223372036854775808"} {
		var buffer [20]byte
		if got := decimal(&buffer, v); got != want {
			t.Errorf("%d: %q", v, got)
		}
	}
}
