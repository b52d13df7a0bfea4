package notify

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestVerify(t *testing.T) {
	body, secret, now := []byte(`{"a":1}`), []byte("secret"), epoch
	good := sign(body, secret, now)
	// openssl: printf '1772323200.{"a":1}' | openssl dgst -sha256 -hmac secret
	const known = "t=1772323200,v1=eeccb51fb334faff70d79b7af0160b53f88943b4729882e0f166a98b87b8d784"
	for _, c := range []struct {
		name      string
		signature string
		body      string
		secret    string
		now       time.Time
		ok        bool
	}{
		{"good", good, string(body), "secret", now.Add(time.Minute), true},
		{"with a space", "t=" + good[2:12] + ", " + good[13:], string(body), "secret", now, true},
		{"changed body", good, `{"a":2}`, "secret", now, false},
		{"another secret", good, string(body), "other", now, false},
		{"no secret", good, string(body), "", now, false},
		{"old", good, string(body), "secret", now.Add(6 * time.Minute), false},
		{"of the future", good, string(body), "secret", now.Add(-6 * time.Minute), false},
		{"another time", "t=2" + good[3:], string(body), "secret", now, false},
		{"nothing", "", string(body), "secret", now, false},
		{"half", "t=12", string(body), "secret", now, false},
		{"no number", "t=x" + good[12:], string(body), "secret", now, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Verify(c.signature, []byte(c.body), []byte(c.secret), c.now, 5*time.Minute)
			if c.ok != (err == nil) || err != nil && !errors.Is(err, ErrSignature) {
				t.Errorf("error %v, want ok %v", err, c.ok)
			}
		})
	}
	same(t, "signature", good, known)
}

func FuzzVerify(f *testing.F) {
	f.Add(sign([]byte("x"), []byte("k"), epoch), []byte("x"))
	f.Add("t=,v1=", []byte{})
	f.Fuzz(func(t *testing.T, signature string, body []byte) {
		if Verify(signature, body, []byte("k"), epoch, time.Minute) != nil {
			return
		}
		// What is accepted is what we would have signed at the time it says.
		stamp, mac, _ := split(signature)
		seconds, err := strconv.ParseInt(stamp, 10, 64)
		_, own, _ := split(sign(body, []byte("k"), time.Unix(seconds, 0)))
		if err != nil || strconv.FormatInt(seconds, 10) == stamp && !strings.EqualFold(own, mac) {
			t.Errorf("%q was accepted", signature)
		}
	})
}
