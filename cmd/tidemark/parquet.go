package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/tidemark-ml/tidemark/internal/table"
)

// parquetBuffer is how many rows are read at once.
const parquetBuffer = 256

// parquetRecords reads a Parquet file as if it were a table of text.
type parquetRecords struct {
	file   *os.File
	names  []string
	texts  []func(parquet.Value) string
	groups []parquet.RowGroup
	rows   parquet.Rows // of the open group
	buffer []parquet.Row
	unread []parquet.Row
	record []string
}

// openParquet begins a pass over a Parquet file. Its columns are the leaves,
// nested names joined by dots; lists are an error that names the column.
func openParquet(path string) (table.Records, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	p, err := newParquet(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return p, nil
}

func newParquet(f *os.File) (p *parquetRecords, err error) {
	defer caught(&err)
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	file, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	p = &parquetRecords{file: f, groups: file.RowGroups(), buffer: make([]parquet.Row, parquetBuffer)}
	for _, c := range leaves(file.Root()) {
		name := strings.Join(c.Path(), ".")
		if c.MaxRepetitionLevel() > 0 {
			return nil, fmt.Errorf("parquet: %w %q is a list; a row must have one value of each column", table.ErrColumn, name)
		}
		p.names = append(p.names, name)
		p.texts = append(p.texts, textOf(c))
	}
	p.record = make([]string, len(p.names))
	return p, nil
}

// caught turns a panic of the reader, which a damaged file may cause, into an
// error.
func caught(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("parquet: damaged file: %v", v)
	}
}

func leaves(c *parquet.Column) (all []*parquet.Column) {
	if c.Leaf() {
		return []*parquet.Column{c}
	}
	for _, child := range c.Columns() {
		all = append(all, leaves(child)...)
	}
	return all
}

func (p *parquetRecords) Header() []string { return p.names }

func (p *parquetRecords) Close() (err error) {
	defer caught(&err)
	var rows error
	if p.rows != nil {
		rows = p.rows.Close()
	}
	return errors.Join(rows, p.file.Close())
}

func (p *parquetRecords) Next() (record []string, err error) {
	defer caught(&err)
	for len(p.unread) == 0 {
		if err := p.read(); err != nil {
			return nil, err
		}
	}
	clear(p.record)
	for _, v := range p.unread[0] {
		if at := v.Column(); at >= 0 && at < len(p.record) && !v.IsNull() {
			p.record[at] = p.texts[at](v)
		}
	}
	p.unread = p.unread[1:]
	return p.record, nil
}

// read reads more rows, of the next group where one has ended.
func (p *parquetRecords) read() error {
	if p.rows == nil {
		if len(p.groups) == 0 {
			return io.EOF
		}
		p.rows, p.groups = p.groups[0].Rows(), p.groups[1:]
	}
	n, err := p.rows.ReadRows(p.buffer)
	p.unread = p.buffer[:n]
	if errors.Is(err, io.EOF) || err == nil && n == 0 {
		err = p.rows.Close()
		p.rows = nil
	}
	if err != nil {
		return fmt.Errorf("parquet: %w", err)
	}
	return nil
}

// textOf returns how the values of a column are written in a table of text.
func textOf(c *parquet.Column) func(parquet.Value) string {
	if logical := c.Type().LogicalType(); logical != nil {
		switch t := logical.Value.(type) {
		case *format.TimestampType:
			return timestamp(t)
		case *format.DateType:
			return func(v parquet.Value) string {
				return time.Unix(int64(v.Int32())*86400, 0).UTC().Format(time.DateOnly)
			}
		case *format.DecimalType:
			return decimal(c, t)
		}
	}
	switch c.Type().Kind() {
	case parquet.Float:
		return func(v parquet.Value) string { return strconv.FormatFloat(float64(v.Float()), 'g', -1, 32) }
	case parquet.Double:
		return func(v parquet.Value) string { return strconv.FormatFloat(v.Double(), 'g', -1, 64) }
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return func(v parquet.Value) string { return string(v.ByteArray()) }
	}
	return parquet.Value.String
}

func timestamp(t *format.TimestampType) func(parquet.Value) string {
	unit := time.Nanosecond
	switch t.Unit.Value.(type) {
	case *format.MilliSeconds:
		unit = time.Millisecond
	case *format.MicroSeconds:
		unit = time.Microsecond
	}
	perSecond := int64(time.Second / unit)
	return func(v parquet.Value) string {
		whole, part := v.Int64()/perSecond, v.Int64()%perSecond
		return time.Unix(whole, part*int64(unit)).UTC().Format(time.RFC3339Nano)
	}
}

// decimal writes decimals of up to 64 bits as numbers; longer ones as bytes, which
// no number is.
func decimal(c *parquet.Column, t *format.DecimalType) func(parquet.Value) string {
	kind, scale := c.Type().Kind(), "e-"+strconv.Itoa(int(t.Scale))
	return func(v parquet.Value) string {
		switch kind {
		case parquet.Int32:
			return strconv.Itoa(int(v.Int32())) + scale
		case parquet.Int64:
			return strconv.FormatInt(v.Int64(), 10) + scale
		}
		return v.String()
	}
}
