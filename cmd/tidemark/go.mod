module github.com/tidemark-ml/tidemark/cmd/tidemark

go 1.26.0

require (
	github.com/parquet-go/parquet-go v0.32.0
	github.com/tidemark-ml/tidemark v0.0.0-00010101000000-000000000000
)

replace github.com/tidemark-ml/tidemark => ../..
