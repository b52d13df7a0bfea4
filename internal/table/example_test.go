package table_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/tidemark-ml/tidemark/internal/table"
	"github.com/tidemark-ml/tidemark/profile"
)

func ExampleOpen() {
	folder, err := os.MkdirTemp("", "table")
	if err != nil {
		fmt.Println(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "loans.csv")
	if err := os.WriteFile(path, []byte("amount,purpose,score\n1200,car,.31\n?,home,.12\n"), 0o600); err != nil {
		fmt.Println(err)
	}

	t, err := table.Open(path, table.Options{Score: "score"})
	if err != nil {
		fmt.Println(err)
	}
	schema, err := t.Schema(profile.Binary(.5))
	if err != nil {
		fmt.Println(err)
	}
	for i := range schema.Len() {
		fmt.Println(schema.Feature(i).Name, schema.Feature(i).Kind)
	}
	for row, err := range t.Rows(schema.Target(), schema.Len(), 0, -1) {
		fmt.Println(row.Values, row.Outcome.Score, err)
	}
	// Output:
	// amount numeric
	// purpose categorical
	// [1200 car] 0.31 <nil>
	// [missing home] 0.12 <nil>
}
