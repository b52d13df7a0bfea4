package monitor

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tidemark-ml/tidemark/internal/join"
	"github.com/tidemark-ml/tidemark/internal/wire"
	"github.com/tidemark-ml/tidemark/profile"
)

// ErrToken is wrapped by errors about a token that is none, or is of a model whose
// cells are others.
var ErrToken = errors.New("monitor: not a token of this model")

// errNoCells says that there is nothing to make tokens with yet.
var errNoCells = errors.New("monitor: token: the cells are still being learned; give the monitor a reference, or wait until it has one")

// A token is, in URL-safe base64 without padding,
//
//	version 1 · geometry 8 · the row as cells (profile.Geometry.AppendJoined) · CRC-32C 4
const (
	tokenVersion = 1
	tokenHead    = 1 + 8
	tokenSum     = 4
	maxToken     = 1 << 16 // bytes of the text
)

// Token returns a compact text by which another process can label a prediction:
// what it keeps of the row are the cells its values are in, its score and the hash
// of its id; no value, no id, no category. Any monitor with the same reference
// takes it, see [Monitor.LabelToken]. It is no secret and not signed: whoever may
// label may also make one up.
//
// A row without a time counts as made now. Where the row is observed too, give
// both the same id, so that this monitor knows it waits for a label.
func (m *Monitor) Token(row profile.Row) (string, error) {
	if m == nil {
		return "", nil
	}
	g := m.intake.join.cells.Load()
	if g == nil {
		return "", errNoCells
	}
	if !plausible(row.Time) {
		row.Time = m.config.clock.Now()
	}
	e, _ := m.encoders.Get().(*tokenEncoder)
	if e == nil || e.geometry != g {
		e = &tokenEncoder{geometry: g, rows: g.NewEncoder()}
	}
	defer m.encoders.Put(e)
	j := e.rows.Encode(&row)
	if !answered(m.schema.Target(), j) {
		return "", fmt.Errorf("monitor: token: the row has no answer that a truth could be held against (score %v, class %d)", j.Score, j.Decided)
	}
	return e.text(j), nil
}

// tokenEncoder is what making a token takes; it is pooled.
type tokenEncoder struct {
	geometry *profile.Geometry
	rows     *profile.Encoder
	bytes    []byte
}

func (e *tokenEncoder) text(j *profile.Joined) string {
	b := appendGeometry(append(e.bytes[:0], tokenVersion), e.geometry)
	if j.Hash == 0 {
		j.Hash = profile.HashID(string(e.geometry.AppendJoined(b, j)[len(b):]))
	}
	b = e.geometry.AppendJoined(b, j)
	b = wire.Seal(b)
	e.bytes = b
	return base64.RawURLEncoding.EncodeToString(b)
}

func appendGeometry(b []byte, g *profile.Geometry) []byte {
	id, _ := hex.DecodeString(g.ID()) // 8 bytes: it is made so
	return append(b, id...)
}

// LabelToken says what turned out to be right about the prediction that a token
// was made of, by this or another process. Where this monitor follows the row, the
// label is joined with that; otherwise the token's cells are counted with their
// truth. A token that is damaged or of other cells, and a truth of another kind
// than the target's, are errors, and counted as invalid labels. It never blocks.
func (m *Monitor) LabelToken(_ context.Context, token string, truth profile.Truth) error {
	if m == nil {
		return nil
	}
	row, err := m.decodeToken(token)
	value, ok := encodeTruth(m.schema.Target(), truth)
	if err == nil && !ok {
		err = fmt.Errorf("monitor: label token: the truth %v is none of a %v model", truth, m.schema.Target().Task)
	}
	if err != nil {
		m.labels.invalid.Add(1)
		return err
	}
	if m.config.eventTime {
		m.mu.Lock()
		defer m.mu.Unlock()
	}
	if !m.tokens.put(row, value, m.intake.join.now()) {
		m.intake.help()
		if !m.tokens.put(row, value, m.intake.join.now()) {
			m.labels.dropped[0].Add(1)
		}
	}
	return nil
}

// decodeToken returns the encoded row of a token.
func (m *Monitor) decodeToken(token string) ([]byte, error) {
	g := m.intake.join.cells.Load()
	if g == nil {
		return nil, errNoCells
	}
	if len(token) > maxToken {
		return nil, fmt.Errorf("%w: it has %d bytes, at most %d are possible", ErrToken, len(token), maxToken)
	}
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return nil, fmt.Errorf("%w: no base64", ErrToken)
	}
	if want := tokenHead + g.JoinedSize() + tokenSum; len(b) != want {
		return nil, fmt.Errorf("%w: %d bytes, want %d", ErrToken, len(b), want)
	}
	body, whole := wire.Unseal(b)
	switch {
	case b[0] != tokenVersion:
		return nil, fmt.Errorf("%w: version %d, this library reads %d", ErrToken, b[0], tokenVersion)
	case !whole:
		return nil, fmt.Errorf("%w: it is damaged", ErrToken)
	case string(b[1:tokenHead]) != string(appendGeometry(nil, g)):
		return nil, fmt.Errorf("%w: its cells are %x, those of this monitor %s; both processes need one reference", ErrToken, b[1:tokenHead], g.ID())
	}
	var j profile.Joined
	if err := g.DecodeJoined(body[tokenHead:], &j); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrToken, err)
	}
	if j.Hash == 0 || !answered(m.schema.Target(), &j) {
		return nil, fmt.Errorf("%w: it has no answer", ErrToken)
	}
	return body[tokenHead:], nil
}

// tokenBuffer holds labels with the rows they are about until they are drained.
// It has a mutex of its own, held for a copy.
type tokenBuffer struct {
	mu     sync.Mutex
	labels []tokenLabel
	closed bool
}

type tokenLabel struct {
	row   []byte
	truth float64
	at    int64
}

// tokenRoom is how many labels with rows wait at most.
const tokenRoom = 4096

func (t *tokenBuffer) put(row []byte, truth float64, at time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || len(t.labels) >= tokenRoom {
		return false
	}
	t.labels = append(t.labels, tokenLabel{row, truth, at.UnixNano()})
	return true
}

func (t *tokenBuffer) take(last bool) []tokenLabel {
	t.mu.Lock()
	defer t.mu.Unlock()
	labels := t.labels
	t.labels, t.closed = nil, t.closed || last
	return labels
}

// token joins a label with the row that came with it, unless that is known here.
func (q *joiner) token(l tokenLabel) {
	j := &q.joined
	if q.geometry.DecodeJoined(l.row, j) != nil { // the cells were cut anew meanwhile
		return
	}
	if number, _ := q.table.Find(j.Hash); number == 0 {
		if first, ok := q.table.FollowIn(q.groupAt(j.Predicted), j.Hash, l.row); ok {
			q.judge(j, first) // a label without a row had come before
		}
	}
	q.label(join.Label{Hash: j.Hash, Truth: l.truth, At: l.at})
}

// groupAt is the number of the cohort of a time: the first that is not closed and
// ended after it, and the open one where there is none.
func (q *joiner) groupAt(t time.Time) uint64 {
	number, open := q.table.Pending(), q.table.Group()
	for number < open && !q.ends[number%join.MaxOpen].After(t) {
		number++
	}
	return number
}
