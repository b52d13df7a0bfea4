package profile

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzDecodeJoint reads plans and states: whatever is accepted is written again
// as it was, and can count rows.
func FuzzDecodeJoint(f *testing.F) {
	s := jointSchema(f, 3, 2)
	r := jointReference(f, s, 300)
	g := r.Geometry()
	addDamaged(f, []byte(g.joint.digest))
	addDamaged(f, r.profile.Joint.encode(nil))
	blank := newGeometry(s, g.axes)
	f.Fuzz(func(t *testing.T, data []byte) {
		read := func() *reader { return newReader("fuzz", data) }
		if plan, err := decodePlan(read(), blank); err == nil {
			with := blank.withJoint(plan)
			if with.joint != nil && with.joint.digest != string(plan.encode(nil)) {
				t.Fatal("the plan is written otherwise than it was read")
			}
			p := jointProfile(with, jointRowsOf(s, 3, .5, 1))
			p.Joint.reset()
		} else if !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%v wraps no sentinel", err)
		}
		in := read()
		state := decodeJoint(in, g.joint)
		if err := in.Close(); err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%v wraps no sentinel", err)
			}
			return
		}
		again := state.encode(nil)
		back := decodeJoint(newReader("fuzz", again), g.joint)
		if back == nil || !bytes.Equal(again, back.encode(nil)) {
			t.Fatal("what was read cannot be written and read again")
		}
	})
}
