package tidemark_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"

	"go.opentelemetry.io/otel"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/dashboard"
	"github.com/tidemark-ml/tidemark/exporter"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// Applicant is what the model takes. Only tagged fields are observed.
type Applicant struct {
	ID      string   `monitor:",id"` // only its hash is kept
	Age     float64  `monitor:"age,min=18,max=120"`
	Income  *float64 `monitor:"income"` // nil is missing
	Purpose string   `monitor:"purpose,oneof=car|home|study"`
	Sex     string   `monitor:"sex,group,oneof=f|m"` // protected: only declared values are ever shown
	Notes   string   // untagged: not observed
}

// creditModel stands for the model of the service.
type creditModel struct{}

func (creditModel) Predict(_ context.Context, a Applicant) (float64, error) {
	if a.Income == nil {
		return .2, nil
	}
	return min(1, *a.Income/100), nil
}

// applicantsOf returns n applicants whose incomes are around a level.
func applicantsOf(n int, seed uint64, income float64) []Applicant {
	random := rand.New(rand.NewPCG(seed, 1))
	out := make([]Applicant, n)
	for i := range out {
		v := income + 12*random.NormFloat64()
		out[i] = Applicant{
			ID: fmt.Sprint(i), Age: 18 + 60*random.Float64(), Income: &v,
			Purpose: []string{"car", "home", "study"}[random.IntN(3)], Sex: []string{"f", "m"}[random.IntN(2)],
		}
	}
	return out
}

// training yields what the model was trained on.
func training(schema *profile.Schema) func(yield func(profile.Row, error) bool) {
	return func(yield func(profile.Row, error) bool) {
		bound, err := profile.Bind[Applicant](schema)
		if err != nil {
			yield(profile.Row{}, err)
			return
		}
		for _, a := range applicantsOf(20_000, 1, 50) {
			values := make([]profile.Value, schema.Len())
			bound.Row(&a, values)
			score, _ := creditModel{}.Predict(context.Background(), a)
			if !yield(profile.Row{Values: values, Outcome: profile.Outcome{Score: score}}, nil) {
				return
			}
		}
	}
}

// Everything a service needs: a schema from its own struct, a reference, a
// monitor around the predict call, a page. Where the reference comes from a file,
// profile.Load takes the place of profile.Build.
func Example() {
	ctx := context.Background()
	model := creditModel{}

	schema, err := profile.SchemaOf[Applicant](profile.Binary(.5)) // .5: the decision threshold
	if err != nil {
		fmt.Println(err)
		return
	}
	reference, err := profile.Build(schema, training(schema))
	if err != nil {
		fmt.Println(err)
		return
	}
	mon, err := monitor.New("credit-risk", schema,
		tidemark.Defaults(),
		monitor.WithVersion("2026-11-01"),
		monitor.WithReference(reference),
		monitor.WithExporter(exporter.New(otel.GetMeterProvider())),
		monitor.WithEventTime(), // only so that this example prints the same each time
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer mon.Shutdown(context.WithoutCancel(ctx))

	predict, err := monitor.Wrap(mon, model.Predict)
	if err != nil {
		fmt.Println(err)
		return
	}
	http.NewServeMux().Handle("/debug/model/", dashboard.Handler(mon))

	for _, income := range []float64{50, 58} { // then incomes rise by two thirds of their spread
		for _, a := range applicantsOf(2000, uint64(income), income) {
			if _, err := predict(ctx, a); err != nil {
				fmt.Println(err)
			}
		}
		mon.Flush(ctx) // a service lets panes close by themselves, every five minutes
		fmt.Printf("incomes around %v: %d incidents\n", income, len(mon.Report().Incidents))
	}
	// Output:
	// incomes around 50: 0 incidents
	// incomes around 58: 1 incidents
}
