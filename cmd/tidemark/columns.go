package main

import (
	"flag"
	"strings"

	"github.com/tidemark-ml/tidemark/internal/table"
)

// columnFlags say what the columns of a data file are for.
type columnFlags struct {
	score, label, time, id, positive string
	ignore, categorical              string
}

func (c *columnFlags) declare(fs *flag.FlagSet) {
	fs.StringVar(&c.score, "score", "", "`column` of what the model answered: a probability, a class or a number")
	fs.StringVar(&c.label, "label", "", "`column` of the truth")
	fs.StringVar(&c.time, "time", "", "`column` of when: RFC 3339, 2006-01-02 15:04:05, a date, or Unix seconds or milliseconds")
	fs.StringVar(&c.id, "id", "", "`column` of what identifies a prediction")
	fs.StringVar(&c.positive, "positive", "", "`label` that means positive, where it is not 1 or true")
	fs.StringVar(&c.ignore, "ignore", "", "`columns` that are no features, separated by commas")
	fs.StringVar(&c.categorical, "categorical", "", "`columns` of codes that look like numbers, separated by commas")
}

func (c *columnFlags) options() table.Options {
	return table.Options{
		Score: c.score, Label: c.label, Time: c.time, ID: c.id, Positive: c.positive,
		Ignore: list(c.ignore), Categorical: list(c.categorical),
		Formats: map[string]table.Format{".parquet": openParquet},
	}
}

// list splits at commas.
func list(text string) (items []string) {
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
