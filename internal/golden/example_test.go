package golden_test

import (
	"fmt"
	"testing/fstest"

	"github.com/tidemark-ml/tidemark/internal/golden"
)

func ExampleLoadFS() {
	fsys := fstest.MapFS{"totals.json": {Data: []byte(`{"family":"totals","cases":[
		{"id":"totals-1","function":"sum","params":{"of":"draws"},
		 "input":{"x":{"gen":{"kind":"integers","seed":7,"n":4,"lo":1,"hi":6}}},
		 "expected":14,"source":"by hand","tolerance":{"rel":0,"abs":0}}]}`)}}
	cases, err := golden.LoadFS(fsys, "totals")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range cases {
		fmt.Println(c.ID, c.Function, c.Params, c.Floats("x"), c.Expected())
	}
	// Output: totals-1 sum {"of":"draws"} [3 1 6 4] 14
}

func ExampleNewGenerator() {
	g := golden.NewGenerator(42)
	fmt.Println(g.Uint64(), g.Uniform())
	// Output: 13679457532755275413 0.1599103928769201
}
