package profile_test

import (
	"math"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/profile"
)

func checked(t testing.TB) (*profile.Schema, *profile.Checker) {
	t.Helper()
	low, high := 18., 120.
	s, err := profile.NewSchema(profile.Binary(.5),
		profile.Feature{Name: "age", Min: &low, Max: &high, Required: true},
		profile.Feature{Name: "purpose", Kind: profile.Categorical, OneOf: []string{"car", "home", "7"}},
		profile.Feature{Name: "city", Kind: profile.Categorical},
		profile.Feature{Name: "member", Kind: profile.Boolean},
		profile.Feature{Name: "text", Kind: profile.Embedding, Dimensions: 2})
	if err != nil {
		t.Fatal(err)
	}
	return s, profile.NewChecker(s)
}

func TestCheckerNamesTheRuleThatIsBroken(t *testing.T) {
	f, str := profile.Float, profile.String
	missing := profile.Missing()
	fine := []profile.Value{f(40), str("car"), str("Turin"), profile.Bool(true), profile.Vector([]float32{1, 2})}
	for _, c := range []struct {
		at      int
		value   profile.Value
		feature string
		rule    profile.Rule
	}{
		{0, f(18), "", ""}, {0, f(120), "", ""}, {0, profile.Int(40), "", ""},
		{0, missing, "age", profile.RuleRequired},
		{0, f(17.9), "age", profile.RuleRange}, {0, profile.Int(121), "age", profile.RuleRange},
		{0, f(math.NaN()), "age", profile.RuleNumber}, {0, f(math.Inf(1)), "age", profile.RuleNumber},
		{0, str("40"), "age", profile.RuleType}, {0, profile.Bool(true), "age", profile.RuleType},
		{1, missing, "", ""}, {1, profile.Int(7), "", ""},
		{1, str("boat"), "purpose", profile.RuleOneOf}, {1, profile.Int(8), "purpose", profile.RuleOneOf},
		{1, profile.Bool(true), "purpose", profile.RuleOneOf}, {1, f(7), "purpose", profile.RuleType},
		{2, str("anything"), "", ""}, {2, str("\xff"), "city", profile.RuleNumber}, {2, profile.Int(-3), "", ""},
		{3, profile.Int(1), "", ""}, {3, profile.Int(2), "member", profile.RuleType}, {3, str("true"), "member", profile.RuleType},
		{4, missing, "", ""}, {4, profile.Vector([]float32{1}), "text", profile.RuleType}, {4, f(1), "text", profile.RuleType},
		{4, profile.Vector([]float32{1, float32(math.Inf(-1))}), "text", profile.RuleNumber},
	} {
		_, checker := checked(t)
		values := append([]profile.Value(nil), fine...)
		values[c.at] = c.value
		got := checker.Check(values)
		switch {
		case got == nil && c.rule != "":
			t.Errorf("value %v of feature %d passed; want rule %s", c.value, c.at, c.rule)
		case got != nil && (got.Rule != c.rule || got.Feature != c.feature):
			t.Errorf("value %v of feature %d: %v (rule %s), want feature %q, rule %q", c.value, c.at, got, got.Rule, c.feature, c.rule)
		case got != nil && !strings.Contains(got.Error(), `"`+c.feature+`"`):
			t.Errorf("the message %q does not name feature %q", got, c.feature)
		}
	}
}

func TestCheckerTakesAShortRowAsMissing(t *testing.T) {
	_, checker := checked(t)
	if v := checker.Check(nil); v == nil || v.Rule != profile.RuleRequired {
		t.Errorf("an empty row gave %v; want the required feature", v)
	}
	if v := checker.Check([]profile.Value{profile.Float(40)}); v != nil {
		t.Errorf("a row of the required feature alone gave %v", v)
	}
}

func TestViolationsShowNoValue(t *testing.T) {
	_, checker := checked(t)
	v := checker.Check([]profile.Value{profile.Float(40), profile.String("secret-label")})
	if v == nil || strings.Contains(v.Error(), "secret") {
		t.Errorf("violation %v; want one that does not show the label", v)
	}
}

func TestCheckingAllocatesNothing(t *testing.T) {
	_, checker := checked(t)
	good := []profile.Value{profile.Float(40), profile.Int(7), profile.String("x"), profile.Bool(true), profile.Vector([]float32{1, 2})}
	bad := []profile.Value{profile.Float(4)}
	if n := testing.AllocsPerRun(100, func() { checker.Check(good); checker.Check(bad) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
