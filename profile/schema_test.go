package profile

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestSchemaMistakes(t *testing.T) {
	long := strings.Repeat("x", MaxLabel+1)
	many := make([]string, MaxOneOf+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for name, tc := range map[string]struct {
		target  Target
		feature Feature
		want    []string // parts of the error
	}{
		"no name":            {Regression(), Feature{}, []string{"name", "0 bytes"}},
		"long name":          {Regression(), Feature{Name: long}, []string{"65 bytes"}},
		"name not UTF-8":     {Regression(), Feature{Name: "a\xff"}, []string{"UTF-8"}},
		"unknown kind":       {Regression(), Feature{Name: "a", Kind: 9}, []string{`"a"`, "kind 9"}},
		"importance NaN":     {Regression(), Feature{Name: "a", Importance: math.NaN()}, []string{`"a"`, "importance NaN"}},
		"importance below 0": {Regression(), Feature{Name: "a", Importance: -1}, []string{"-1"}},
		"min of label":       {Regression(), Feature{Name: "a", Kind: Categorical, Min: ptr(1.0)}, []string{"min", "categorical"}},
		"min infinite":       {Regression(), Feature{Name: "a", Min: ptr(math.Inf(-1))}, []string{"-Inf", "finite"}},
		"max NaN":            {Regression(), Feature{Name: "a", Max: ptr(math.NaN())}, []string{"NaN"}},
		"min above max":      {Regression(), Feature{Name: "a", Min: ptr(2.0), Max: ptr(1.0)}, []string{"min 2", "max 1"}},
		"oneof of number":    {Regression(), Feature{Name: "a", OneOf: []string{"x"}}, []string{"oneof", "numeric"}},
		"oneof empty":        {Regression(), Feature{Name: "a", Kind: Categorical, OneOf: []string{""}}, []string{"oneof", "0 bytes"}},
		"oneof twice":        {Regression(), Feature{Name: "a", Kind: Categorical, OneOf: []string{"x", "x"}}, []string{"twice"}},
		"oneof long":         {Regression(), Feature{Name: "a", Kind: Categorical, OneOf: []string{long}}, []string{"65 bytes"}},
		"oneof not UTF-8":    {Regression(), Feature{Name: "a", Kind: Categorical, OneOf: []string{"\xff"}}, []string{"UTF-8"}},
		"oneof many":         {Regression(), Feature{Name: "a", Kind: Categorical, OneOf: many}, []string{"501", "500"}},
		"group of numbers":   {Regression(), Feature{Name: "a", Group: true}, []string{"group"}},
		"segment of numbers": {Regression(), Feature{Name: "a", Segment: true}, []string{"segment"}},
		"dimensions":         {Regression(), Feature{Name: "a", Dimensions: 3}, []string{"dimensions", "numeric"}},
		"no dimensions":      {Regression(), Feature{Name: "a", Kind: Embedding}, []string{"8192", "has 0"}},
		"many dimensions":    {Regression(), Feature{Name: "a", Kind: Embedding, Dimensions: 8193}, []string{"8193"}},
		"two mistakes":       {Regression(), Feature{Name: "a", Group: true, Importance: -1}, []string{"group", "importance"}},
		"threshold NaN":      {Binary(math.NaN()), Feature{Name: "a"}, []string{"threshold NaN"}},
		"threshold above 1":  {Binary(1.5), Feature{Name: "a"}, []string{"1.5"}},
		"threshold unused":   {Target{Task: RegressionTask, Threshold: .5}, Feature{Name: "a"}, []string{"regression", "0.5"}},
		"classes unused":     {Target{Classes: []string{"a", "b"}}, Feature{Name: "a"}, []string{"binary", "2 classes"}},
		"one class":          {Multiclass("a"), Feature{Name: "a"}, []string{"1 classes"}},
		"class twice":        {Multiclass("a", "a"), Feature{Name: "a"}, []string{"class", "twice"}},
		"class not UTF-8":    {Multiclass("a", "\xff"), Feature{Name: "a"}, []string{"UTF-8"}},
		"many classes":       {Multiclass(many[:33]...), Feature{Name: "a"}, []string{"33 classes"}},
		"unknown task":       {Target{Task: 7}, Feature{Name: "a"}, []string{"task 7"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := NewSchema(tc.target, tc.feature)
			if err == nil || s != nil {
				t.Fatal("accepted")
			}
			for _, part := range append(tc.want, "profile: ") {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if strings.Count(err.Error(), "profile: ") > strings.Count(err.Error(), "\n")+1 {
				t.Errorf("%q names the package twice in a line", err)
			}
		})
	}
}

func TestSchemaSizes(t *testing.T) {
	if _, err := NewSchema(Regression()); err == nil {
		t.Error("no features: accepted")
	}
	if _, err := NewSchema(Regression(), Feature{Name: "a"}, Feature{Name: "a"}); err == nil || !strings.Contains(err.Error(), "positions 0 and 1") {
		t.Errorf("declared twice: %v", err)
	}
	features := make([]Feature, MaxFeatures+1)
	for i := range features {
		features[i].Name = fmt.Sprint(i)
	}
	if _, err := NewSchema(Regression(), features...); err == nil || !strings.Contains(err.Error(), "2001") {
		t.Errorf("too many: %v", err)
	}
	s, err := NewSchema(Regression(), features[1:]...)
	if err != nil || s.Len() != MaxFeatures {
		t.Fatalf("%v", err)
	}
	BlankGeometry(s).NewBatch().Append(&Row{})
}

func TestSchemaIsImmutable(t *testing.T) {
	low, list, classes := 1.0, []string{"a"}, []string{"x", "y"}
	s, err := NewSchema(Target{Task: MulticlassTask, Classes: classes}, Feature{Name: "n", Min: &low}, Feature{Name: "c", Kind: Categorical, OneOf: list})
	if err != nil {
		t.Fatal(err)
	}
	low, list[0], classes[0] = 9, "z", "z"
	if *s.Feature(0).Min != 1 || s.Feature(1).OneOf[0] != "a" || s.Target().Classes[0] != "x" {
		t.Error("the schema changed with what it was made of")
	}
}

func TestKindAndTaskText(t *testing.T) {
	for _, k := range []Kind{Numeric, Categorical, Boolean, Embedding} {
		var got Kind
		text, _ := k.MarshalText()
		if err := got.UnmarshalText(text); err != nil || got != k {
			t.Errorf("%v: %v, %v", k, got, err)
		}
	}
	var target Target
	if err := json.Unmarshal([]byte(`{"task":"multiclass","classes":["a","b"]}`), &target); err != nil || target.Task != MulticlassTask {
		t.Errorf("%+v, %v", target, err)
	}
	if err := target.Task.UnmarshalText([]byte("guess")); err == nil {
		t.Error("unknown task accepted")
	}
	if err := new(Kind).UnmarshalText([]byte("guess")); err == nil {
		t.Error("unknown kind accepted")
	}
}

type base struct {
	Region string `monitor:"region"`
}

func TestSchemaOf(t *testing.T) {
	type applicant struct {
		base
		ID      string    `monitor:",id"`
		Age     *float64  `monitor:"age,min=18,max=120,required,importance=2"`
		Purpose string    `monitor:"purpose,oneof=car|home,segment"`
		Sex     string    `monitor:"sex,group,sensitive,oneof=f|m"`
		Code    *int32    `monitor:"code,categorical"`
		Member  bool      `monitor:""`
		Text    []float32 `monitor:"text,dim=2"`
		Notes   string
		Skipped chan int `monitor:"-"`
	}
	s, err := SchemaOf[applicant](Binary(0.5))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range s.Len() {
		names = append(names, fmt.Sprint(s.Feature(i).Name, " ", s.Feature(i).Kind))
	}
	want := []string{"region categorical", "age numeric", "purpose categorical", "sex categorical", "code categorical", "Member boolean", "text embedding"}
	if !slices.Equal(names, want) {
		t.Fatalf("%v, want %v", names, want)
	}
	age := s.Feature(1)
	if *age.Min != 18 || *age.Max != 120 || !age.Required || age.Importance != 2 {
		t.Errorf("age: %+v", age)
	}
	if sex := s.Feature(3); !sex.Group || !sex.Sensitive || !slices.Equal(sex.OneOf, []string{"f", "m"}) {
		t.Errorf("sex: %+v", sex)
	}
	b, err := Bind[*applicant](s)
	if err != nil || !b.HasID() {
		t.Fatal(err)
	}
	values := make([]Value, s.Len())
	in := &applicant{base: base{"north"}, ID: "7", Code: ptr(int32(4)), Text: []float32{3, 4}, Member: true}
	if id := b.Row(&in, values); id != "7" {
		t.Errorf("id %q", id)
	}
	if region, _ := values[0].Text(); region != "north" || !values[1].IsMissing() {
		t.Errorf("%v", values)
	}
	if code, _ := values[4].Number(); code != 4 {
		t.Errorf("code %v", values[4])
	}
	in = nil
	if id := b.Row(&in, values); id != "" || !values[0].IsMissing() {
		t.Error("a nil pointer must give missing values")
	}
	b.Row(&in, nil)
	in = new(applicant)
	b.Row(&in, values[:2]) // too short: what does not fit is left out
	b.Row(nil, values)
}

func mistakesOf[In any]() error {
	_, err := SchemaOf[In](Binary(0.5))
	return err
}

func TestTagMistakes(t *testing.T) {
	for name, tc := range map[string]struct {
		err  error
		want []string
	}{
		"no struct": {mistakesOf[int](), []string{"int is not a struct"}},
		"no tags":   {mistakesOf[struct{ A int }](), []string{"no field tagged"}},
		"unexported": {mistakesOf[struct {
			a int `monitor:"a"`
		}](), []string{"field a", "not exported"}},
		"type": {mistakesOf[struct {
			A chan int `monitor:"a"`
		}](), []string{"field A", "chan int"}},
		"two pointers": {mistakesOf[struct {
			A **int `monitor:"a"`
		}](), []string{"field A", "**int"}},
		"slice": {mistakesOf[struct {
			A []float64 `monitor:"a"`
		}](), []string{"field A", "[]float64"}},
		"unknown option": {mistakesOf[struct {
			A int `monitor:"a,mim=3"`
		}](), []string{"field A", `"mim=3"`}},
		"empty option": {mistakesOf[struct {
			A int `monitor:"a,"`
		}](), []string{"field A", "unknown option"}},
		"flag with value": {mistakesOf[struct {
			A string `monitor:"a,group=yes"`
		}](), []string{"group", "no value"}},
		"min without value": {mistakesOf[struct {
			A int `monitor:"a,min"`
		}](), []string{"min=", "not a number"}},
		"min no number": {mistakesOf[struct {
			A int `monitor:"a,min=x"`
		}](), []string{"min=x"}},
		"min NaN": {mistakesOf[struct {
			A int `monitor:"a,min=NaN"`
		}](), []string{"NaN"}},
		"min twice": {mistakesOf[struct {
			A int `monitor:"a,min=1,min=2"`
		}](), []string{"min", "twice"}},
		"dim no number": {mistakesOf[struct {
			A []float32 `monitor:"a,dim=x"`
		}](), []string{"dim=x"}},
		"no dim": {mistakesOf[struct {
			A []float32 `monitor:"a"`
		}](), []string{"dimensions"}},
		"float categorical": {mistakesOf[struct {
			A float64 `monitor:"a,categorical"`
		}](), []string{"float64"}},
		"slice categorical": {mistakesOf[struct {
			A []float32 `monitor:"a,categorical"`
		}](), []string{"slice"}},
		"id no string": {mistakesOf[struct {
			A int `monitor:",id"`
		}](), []string{"id must be a string"}},
		"id with options": {mistakesOf[struct {
			A string `monitor:",id,group"`
		}](), []string{"no other option"}},
		"id with value": {mistakesOf[struct {
			A string `monitor:",id=3"`
		}](), []string{"no value"}},
		"two ids": {mistakesOf[struct {
			A string `monitor:",id"`
			B string `monitor:",id"`
		}](), []string{"field B", "field A"}},
		"only an id": {mistakesOf[struct {
			A string `monitor:",id"`
		}](), []string{"no features"}},
		"pointer base": {mistakesOf[struct{ *base }](), []string{"field Region", "embedded pointer"}},
		"every mistake": {mistakesOf[struct {
			A chan int `monitor:"a"`
			B int      `monitor:"b,min=x"`
		}](), []string{"field A", "field B"}},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.err == nil {
				t.Fatal("accepted")
			}
			for _, part := range tc.want {
				if !strings.Contains(tc.err.Error(), part) {
					t.Errorf("%q does not say %q", tc.err, part)
				}
			}
		})
	}
}

func TestBindMistakes(t *testing.T) {
	type in struct {
		A float64   `monitor:"a"`
		V []float32 `monitor:"v,dim=3"`
		N int       `monitor:"n"`
	}
	bind := func(features ...Feature) error {
		s, err := NewSchema(Regression(), features...)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Bind[in](s)
		return err
	}
	if err := bind(Feature{Name: "n", Kind: Categorical}, Feature{Name: "a"}); err != nil {
		t.Errorf("whole numbers as codes, other fields unused: %v", err)
	}
	err := bind(Feature{Name: "a", Kind: Boolean}, Feature{Name: "b"}, Feature{Name: "v", Kind: Embedding, Dimensions: 4})
	for _, part := range []string{`"a"`, "boolean", `"b"`, "no field", "3 dimensions", "says 4"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not say %q", err, part)
		}
	}
	if _, err := Bind[in](nil); err == nil {
		t.Error("a nil schema was bound")
	}
	type twice struct {
		A float64 `monitor:"a"`
		B float64 `monitor:"a"`
	}
	s, _ := NewSchema(Regression(), Feature{Name: "a"})
	if _, err := Bind[twice](s); err == nil || !strings.Contains(err.Error(), "more than one") {
		t.Errorf("one name for two fields: %v", err)
	}
}

// FuzzTagOptions: whatever a tag says, it is a schema or an error.
func FuzzTagOptions(f *testing.F) {
	for _, seed := range []string{"", "min=0,max=1", "oneof=a|b,group", "id", "dim=3", "categorical,importance=1e999", ",,=,min==3", "oneof=|"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		field := taggedField{feature: Feature{Name: "f", Kind: Categorical}}
		if len(field.options(strings.Split(tag, ","))) > 0 {
			return
		}
		s, err := NewSchema(Regression(), field.feature)
		if err != nil {
			return
		}
		text, err := s.encode(nil)
		if err != nil {
			t.Fatalf("an accepted schema does not encode: %v", err)
		}
		got, err := decodeSchema(newReader("schema", text))
		if err != nil {
			t.Fatalf("an accepted schema does not decode: %v", err)
		}
		if !slices.Equal(got.features[0].OneOf, s.features[0].OneOf) {
			t.Fatalf("oneof %q became %q", s.features[0].OneOf, got.features[0].OneOf)
		}
	})
}
