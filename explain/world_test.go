package explain_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// applicant is one row of the planted world: a lender with five tenants.
type applicant struct {
	amount, age, income, debt float64
	noIncome                  bool
	channel, region, tenant   string
}

// fault is what is planted.
type fault string

const (
	none     fault = "none"
	unit     fault = "unit"     // amounts arrive in another currency
	upstream fault = "upstream" // one tenant's income is missing
	concept  fault = "concept"  // in one region of 5 % the truth turns
	mixture  fault = "mix"      // more rows of the channel that is hard to judge
)

var regions = []string{"east", "west", "south", "coast", "lake", "hill", "north"}

func pick(r *rand.Rand, names []string, shares ...float64) string {
	u := r.Float64()
	for i, s := range shares {
		if u -= s; u < 0 {
			return names[i]
		}
	}
	return names[len(shares)-1]
}

func draw(r *rand.Rand, f fault) (a applicant) {
	web := .2
	if f == mixture {
		web = .45
	}
	a.channel = pick(r, []string{"web", "branch", "app"}, web, (1-web)*.6, (1-web)*.4)
	a.region = pick(r, regions, .25, .2, .18, .14, .1, .08, .05)
	a.tenant = pick(r, []string{"acme", "birch", "cedar", "delta", "elm"}, .12, .28, .25, .2, .15)
	a.age = 18 + 50*math.Pow(r.Float64(), 1.3)
	a.income = math.Exp(10 + .5*r.NormFloat64())
	a.amount = math.Exp(8 + .6*r.NormFloat64())
	a.debt = a.income * r.Float64() / 2
	return a
}

// chance is the true probability of a good loan; what the model says it is.
func (a *applicant) chance() float64 {
	z := 1.2*(math.Log(a.income)-10) - .8*(math.Log(a.amount)-8) + .03*(a.age-38) - 1e-5*a.debt + .4
	if a.channel != "web" {
		z *= 2.5 // well known
	} else {
		z *= .6
	}
	return 1 / (1 + math.Exp(-z))
}

// row is what is observed: the model sees the broken inputs.
func (a applicant) row(r *rand.Rand, f fault) profile.Row {
	truth, p := profile.Negative(), a.chance()
	if f == concept && a.region == "north" {
		p = 1 - p
	}
	if r.Float64() < p {
		truth = profile.Positive()
	}
	switch {
	case f == unit:
		a.amount *= 3.67
	case f == upstream && a.tenant == "acme":
		a.noIncome = true
		a.income = math.Exp(10) // what the model imputes
	}
	income := profile.Float(a.income)
	if a.noIncome {
		income = profile.Missing()
	}
	return profile.Row{
		Values: []profile.Value{
			profile.Float(a.amount), profile.Float(a.age), income, profile.Float(a.debt),
			profile.String(a.channel), profile.String(a.region), profile.String(a.tenant),
		},
		Outcome: profile.Outcome{Score: a.chance()}, Truth: truth,
	}
}

func lender(t testing.TB) *profile.Schema {
	t.Helper()
	schema, err := profile.NewSchema(profile.Binary(.5),
		profile.Feature{Name: "amount"}, profile.Feature{Name: "age"}, profile.Feature{Name: "income"}, profile.Feature{Name: "debt"},
		profile.Feature{Name: "channel", Kind: profile.Categorical, OneOf: []string{"web", "branch", "app"}},
		profile.Feature{Name: "region", Kind: profile.Categorical, OneOf: regions},
		profile.Feature{Name: "tenant", Kind: profile.Categorical, OneOf: []string{"acme", "birch", "cedar", "delta", "elm"}, Segment: true},
	)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func build(t testing.TB, schema *profile.Schema, rows []profile.Row, options ...profile.BuildOption) *profile.Reference {
	t.Helper()
	reference, err := profile.Build(schema, profile.Rows(rows), options...)
	if err != nil {
		t.Fatal(err)
	}
	return reference
}

func applicants(r *rand.Rand, n int, f fault) (rows []profile.Row) {
	for range n {
		rows = append(rows, draw(r, f).row(r, f))
	}
	return rows
}

// observe counts rows as a monitor does, with what came true of them.
func observe(g *profile.Geometry, rows []profile.Row) *profile.Profile {
	p, err := g.Fill(profile.WithSketches, profile.Rows(rows))
	if err != nil {
		panic(err)
	}
	return p
}

func find(signals []report.Signal, name, subject string) (report.Signal, bool) {
	for _, s := range signals {
		if s.Name == name && s.Subject.Name == subject {
			return s, true
		}
	}
	return report.Signal{}, false
}

func get(t testing.TB, signals []report.Signal, name, subject string) report.Signal {
	t.Helper()
	s, ok := find(signals, name, subject)
	if !ok {
		var names []string
		for _, s := range signals {
			names = append(names, fmt.Sprint(s.Name, " ", s.Subject.Name))
		}
		t.Fatalf("no %s about %q among %q", name, subject, names)
	}
	return s
}
