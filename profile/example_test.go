package profile_test

import (
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

func ExampleSchemaOf() {
	type Applicant struct {
		ID      string   `monitor:",id"`
		Age     float64  `monitor:"age,min=18,max=120"`
		Income  *float64 `monitor:"income"` // nil is missing
		Purpose string   `monitor:"purpose,oneof=car|home|study"`
		Notes   string   // untagged: not observed
	}
	schema, err := profile.SchemaOf[Applicant](profile.Binary(0.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range schema.Len() {
		f := schema.Feature(i)
		fmt.Println(f.Name, f.Kind, f.OneOf)
	}

	type Mistaken struct {
		Age float64 `monitor:"age,minimum=18"`
	}
	_, err = profile.SchemaOf[Mistaken](profile.Binary(0.5))
	fmt.Println(err)
	// Output:
	// age numeric []
	// income numeric []
	// purpose categorical [car home study]
	// profile: field Age: unknown option "minimum=18"; known are id, min=, max=, oneof=, dim=, importance=, categorical, group, segment, sensitive, required
}

func ExampleNewSchema() {
	low, high := 0.0, 100.0
	schema, err := profile.NewSchema(profile.Regression(),
		profile.Feature{Name: "humidity", Min: &low, Max: &high, Required: true},
		profile.Feature{Name: "station", Kind: profile.Categorical},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	i, ok := schema.Index("station")
	fmt.Println(schema.Len(), i, ok)

	_, err = profile.NewSchema(profile.Regression(), profile.Feature{Name: "humidity", Min: &high, Max: &low})
	fmt.Println(err)
	// Output:
	// 2 1 true
	// profile: feature "humidity": min 100 is above max 0
}

// days are rows as a service would have logged them; a sequence because Build
// ranges over it twice.
func days(n int) iter.Seq2[profile.Row, error] {
	return func(yield func(profile.Row, error) bool) {
		for i := range n {
			row := profile.Row{
				Time:    time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC),
				Values:  []profile.Value{profile.Float(50 + 30*math.Sin(float64(i))), profile.String([]string{"north", "south"}[i%2])},
				Outcome: profile.Outcome{Score: float64(i % 10)},
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func weather() *profile.Schema {
	schema, err := profile.NewSchema(profile.Regression(),
		profile.Feature{Name: "humidity"}, profile.Feature{Name: "station", Kind: profile.Categorical})
	if err != nil {
		panic(err) // an example's schema
	}
	return schema
}

func ExampleBuild() {
	reference, err := profile.Build(weather(), days(1000), profile.From(profile.Provenance{Model: "rain", Dataset: "january"}))
	if err != nil {
		fmt.Println(err)
		return
	}
	folder, err := os.MkdirTemp("", "reference")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "rain.profile")
	if err := reference.Save(path); err != nil {
		fmt.Println(err)
		return
	}
	loaded, err := profile.Load(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(loaded.ID() == reference.ID(), loaded.Provenance().Dataset)
	fmt.Println(loaded.Profile().Rows, "rows,", len(loaded.Panes()), "time blocks")
	fmt.Println(loaded.Geometry().Axis(1).Labels, loaded.Profile().Columns[1].Cells)
	// Output:
	// true january
	// 1000 rows, 5 time blocks
	// [north south] [500 500 0]
}

// Two replicas of a service count against one reference; added up, their
// profiles are that of one process that saw every row.
func ExampleProfile_Merge() {
	reference, err := profile.Build(weather(), days(1000))
	if err != nil {
		fmt.Println(err)
		return
	}
	replica := func(humidities ...float64) *profile.Profile {
		var rows []profile.Row
		for _, h := range humidities {
			rows = append(rows, profile.Row{Values: []profile.Value{profile.Float(h), profile.String("west")}})
		}
		p, err := reference.Geometry().Fill(profile.WithSketches, profile.Rows(rows))
		if err != nil {
			fmt.Println(err)
		}
		return p
	}
	total := replica(40, 60)
	other := replica(20, math.NaN(), 95)
	data, err := other.MarshalBinary() // as it came over the wire
	if err != nil {
		fmt.Println(err)
		return
	}
	received := new(profile.Profile)
	if err := received.UnmarshalBinary(data); err != nil {
		fmt.Println(err)
		return
	}
	if err := total.Merge(received); err != nil {
		fmt.Println(err)
		return
	}
	humidity, station := total.Columns[0], total.Columns[1]
	fmt.Println(total.Rows, "rows:", humidity.InCells(), "humidities, mean", humidity.Moments.Mean)
	fmt.Println(humidity.Invalid, "invalid,", humidity.Over, "above all of the reference,", station.Unseen, "of an unseen station")
	// Output:
	// 5 rows: 4 humidities, mean 53.75
	// 1 invalid, 1 above all of the reference, 5 of an unseen station
}

func ExampleValueOf() {
	request := map[string]any{"humidity": 61, "station": nil}
	schema := weather()
	values := make([]profile.Value, schema.Len())
	for i := range values {
		values[i] = profile.ValueOf(request[schema.Feature(i).Name])
	}
	fmt.Println(values[0], values[1], profile.ValueOf(make(chan int)))
	// Output: 61 missing invalid
}

func ExampleBind() {
	type Reading struct {
		Sensor   string   `monitor:",id"`
		Humidity *float32 `monitor:"humidity"`
		Station  string   `monitor:"station"`
	}
	binding, err := profile.Bind[Reading](weather())
	if err != nil {
		fmt.Println(err)
		return
	}
	values := make([]profile.Value, 2) // reused from row to row
	id := binding.Row(&Reading{Sensor: "s7", Station: "north"}, values)
	fmt.Println(id, values)
	// Output: s7 [missing north]
}

func ExampleReference_Rebind() {
	reference, err := profile.Build(weather(), days(1000))
	if err != nil {
		fmt.Println(err)
		return
	}
	schema, err := profile.NewSchema(profile.Regression(), profile.Feature{Name: "station", Kind: profile.Boolean}, profile.Feature{Name: "wind"})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = reference.Rebind(schema)
	fmt.Println(err)
	// Output:
	// profile: the reference does not fit the schema: feature "station" is categorical in the reference and boolean in the schema
	// profile: the reference does not fit the schema: it has no feature "wind"
}
