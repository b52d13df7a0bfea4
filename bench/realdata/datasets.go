package main

// dataset says how a data set is replayed.
type dataset struct {
	Name string `json:"name"`
	// Reference and Replay are files; an empty Replay means the rows of Reference
	// after the reference.
	Reference string `json:"reference_file"`
	Replay    string `json:"replay_file,omitempty"`
	// Rows are those of a pane, Blocks the panes of the reference.
	Rows   int `json:"rows_per_pane"`
	Blocks int `json:"reference_panes"`

	features    []string // of the file; every other column is left out
	categorical []string // of these
	score       string   // what the model answered; empty for inputs alone
	when        string   // column that tells people when a row was
}

// panesPerFalseIncident is the alarm budget: among so many panes one false
// incident is allowed.
const panesPerFalseIncident = 100

func datasets() []dataset {
	bike := dataset{
		Reference: "bike_hour.csv.gz", Rows: 168, when: "dteday",
		features: []string{"season", "holiday", "workingday", "weathersit", "temp", "atemp", "hum", "windspeed",
			"casual", "registered", "cnt"},
		categorical: []string{"season", "holiday", "workingday", "weathersit"},
	}
	weeks, winter, half := bike, bike, bike
	weeks.Name, weeks.Blocks = "bike", 40
	winter.Name, winter.Blocks = "bike-winter", 12 // too few to judge by: the monitor learns first
	half.Name, half.Blocks, half.Rows = "bike-winter-half-weeks", 24, 84
	census := []string{"SCHL", "MAR", "RELP", "DIS", "ESP", "CIT", "MIG", "MIL", "ANC", "NATIVITY", "DEAR", "DEYE",
		"DREM", "SEX", "RAC1P"}
	return []dataset{
		{
			Name: "electricity", Reference: "electricity.csv.gz", Rows: 336, Blocks: 40,
			features: []string{"nswprice", "nswdemand", "vicprice", "vicdemand", "transfer"},
		},
		weeks,
		winter,
		half,
		{
			Name: "adult", Reference: "adult.csv.gz", Rows: 500, Blocks: 40,
			features: []string{"age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation",
				"relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "class"},
		},
		{
			Name: "california", Reference: "nannyml_california_housing_reference.csv.gz",
			Replay: "nannyml_california_housing_analysis.csv.gz", Rows: 168, Blocks: 34, when: "timestamp",
			features: []string{"MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude", "Longitude"},
			score:    "y_pred_proba",
		},
		{
			Name: "employment", Reference: "nannyml_employment_MA_reference.csv.gz",
			Replay: "nannyml_employment_MA_analysis.csv.gz", Rows: 1000, Blocks: 68, when: "year",
			features: append([]string{"AGEP"}, census...), categorical: census,
			score: "predicted_probability",
		},
	}
}
