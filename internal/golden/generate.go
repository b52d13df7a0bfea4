package golden

import (
	"encoding/json"
	"fmt"
	"math"
)

// maxGenerated bounds the size of one generated input, against a typing error
// in a file.
const maxGenerated = 1 << 26

// Generator is SplitMix64 (Steele, Lea, Flood 2014), the source of generated
// inputs. The zero value starts at seed 0. Tests may use it as a seeded source.
type Generator struct{ state uint64 }

// NewGenerator returns a generator that starts at seed.
func NewGenerator(seed uint64) *Generator { return &Generator{state: seed} }

// Uint64 is the next 64 bits.
func (g *Generator) Uint64() uint64 {
	g.state += 0x9E3779B97F4A7C15
	z := g.state
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB
	return z ^ (z >> 31)
}

// Uniform is the next number in [0, 1), from the top 53 bits.
func (g *Generator) Uniform() float64 { return float64(g.Uint64()>>11) / (1 << 53) }

// Normal is a standard normal number by Box–Muller, two draws each.
func (g *Generator) Normal() float64 {
	u1 := g.Uniform()
	u2 := g.Uniform()
	return math.Sqrt(-2*math.Log(1-u1)) * math.Cos(2*math.Pi*u2)
}

// round6 rounds to six decimals, so that last-bit differences between
// implementations of log and cos do not reach the inputs.
func round6(x float64) float64 { return math.Floor(float64(x*1e6)+0.5) / 1e6 }

// recipe is the JSON form of a generated input.
type recipe struct {
	Kind   string            `json:"kind"`
	Seed   uint64            `json:"seed"`
	N      int               `json:"n"`
	Mean   float64           `json:"mean"`
	SD     float64           `json:"sd"`
	Lo     float64           `json:"lo"`
	Hi     float64           `json:"hi"`
	Rate   float64           `json:"rate"`
	P      float64           `json:"p"`
	Labels []any             `json:"labels"`
	Probs  []float64         `json:"probs"`
	Parts  []json.RawMessage `json:"parts"`
}

// expand turns an input into its items: a list, {"values": …}, {"gen": …},
// {"concat": …} or a bare recipe, nested at will.
func expand(raw json.RawMessage) ([]any, error) {
	var list []any
	if err := decode(raw, &list); err == nil {
		return list, nil
	}
	var shape struct {
		Values, Gen, Concat json.RawMessage
		Kind                string
	}
	if err := decode(raw, &shape); err != nil {
		return nil, fmt.Errorf("neither a list nor an object: %w", err)
	}
	switch {
	case shape.Values != nil:
		return expand(shape.Values)
	case shape.Gen != nil:
		return expand(shape.Gen)
	case shape.Concat != nil:
		return expandConcat(shape.Concat)
	case shape.Kind != "":
		var r recipe
		if err := decode(raw, &r); err != nil {
			return nil, err
		}
		return r.generate()
	}
	return nil, fmt.Errorf("no values, gen or concat in %.80s", raw)
}

func expandConcat(raw json.RawMessage) ([]any, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err == nil {
		return joinParts(parts)
	}
	var r recipe
	if err := decode(raw, &r); err != nil {
		return nil, err
	}
	return joinParts(r.Parts)
}

func joinParts(parts []json.RawMessage) ([]any, error) {
	var all []any
	for i, p := range parts {
		items, err := expand(p)
		if err != nil {
			return nil, fmt.Errorf("part %d: %w", i, err)
		}
		all = append(all, items...)
	}
	return all, nil
}

func (r recipe) generate() ([]any, error) {
	if r.Kind == "concat" {
		return joinParts(r.Parts)
	}
	if r.N < 0 || r.N > maxGenerated {
		return nil, fmt.Errorf("n = %d is outside [0, %d]", r.N, maxGenerated)
	}
	draw, err := r.draw(NewGenerator(r.Seed))
	if err != nil {
		return nil, err
	}
	items := make([]any, r.N)
	for i := range items {
		items[i] = draw()
	}
	return items, nil
}

func (r recipe) draw(g *Generator) (func() any, error) {
	switch r.Kind {
	case "uniform":
		return func() any { return round6(r.Lo + float64((r.Hi-r.Lo)*g.Uniform())) }, nil
	case "normal":
		return func() any { return round6(r.Mean + float64(r.SD*g.Normal())) }, nil
	case "exponential":
		return func() any { return round6(-math.Log(1-g.Uniform()) / r.Rate) }, nil
	case "bernoulli":
		return func() any {
			if g.Uniform() < r.P {
				return 1.0
			}
			return 0.0
		}, nil
	case "integers":
		return func() any { return r.Lo + math.Floor(g.Uniform()*(r.Hi-r.Lo+1)) }, nil
	case "categorical":
		if len(r.Labels) == 0 || len(r.Labels) != len(r.Probs) {
			return nil, fmt.Errorf("%d labels and %d probabilities", len(r.Labels), len(r.Probs))
		}
		return func() any { return r.label(g.Uniform()) }, nil
	}
	return nil, fmt.Errorf("unknown generator kind %q", r.Kind)
}

func (r recipe) label(u float64) any {
	sum := 0.0
	for i, p := range r.Probs {
		if sum += p; sum > u {
			return r.Labels[i]
		}
	}
	return r.Labels[len(r.Labels)-1]
}
