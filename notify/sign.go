package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Headers of a [Webhook].
const (
	// HeaderSignature is "t=<seconds since 1970>,v1=<hex>", where the hex is the
	// HMAC-SHA256 of "<t>.<body>" under the secret; see [Verify].
	HeaderSignature = "Tidemark-Signature"
	// HeaderKey is the idempotency key: what comes with a key that was received
	// before is the same thing again.
	HeaderKey = "Idempotency-Key"
)

// ErrSignature is wrapped by [Verify].
var ErrSignature = errors.New("notify: signature")

// Verify tells a receiver whether a body is from somebody who knows the secret
// and was signed within tolerance of now. Check it before you parse the body, and
// the idempotency key after. Errors wrap [ErrSignature]; they do not show the
// secret or what the signature should be.
func Verify(signature string, body, secret []byte, now time.Time, tolerance time.Duration) error {
	if len(secret) == 0 {
		return fmt.Errorf("%w: the secret is empty; anybody could sign", ErrSignature)
	}
	stamp, mac, ok := split(signature)
	if !ok {
		return fmt.Errorf("%w: header %s is not of the form t=…,v1=…", ErrSignature, HeaderSignature)
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: time %q is no number of seconds", ErrSignature, stamp)
	}
	given, err := hex.DecodeString(mac)
	if err != nil || !hmac.Equal(given, digest(stamp, body, secret)) {
		return fmt.Errorf("%w: does not match; another secret, or the body was changed", ErrSignature)
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > tolerance || age < -tolerance {
		return fmt.Errorf("%w: %v old, at most %v is accepted; old ones may be replays", ErrSignature, age, tolerance)
	}
	return nil
}

func split(signature string) (stamp, mac string, ok bool) {
	for part := range strings.SplitSeq(signature, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch key {
		case "t":
			stamp = value
		case "v1":
			mac = value
		}
	}
	return stamp, mac, stamp != "" && mac != ""
}

// sign returns the signature of a body at a time.
func sign(body, secret []byte, now time.Time) string {
	stamp := strconv.FormatInt(now.Unix(), 10)
	return "t=" + stamp + ",v1=" + hex.EncodeToString(digest(stamp, body, secret))
}

func digest(stamp string, body, secret []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(stamp))
	h.Write([]byte("."))
	h.Write(body)
	return h.Sum(nil)
}
