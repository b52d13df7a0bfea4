//go:build !linux

package rollout

import "time"

var began = time.Now()

// cpuTime is the wall clock where there is none of threads.
func cpuTime() time.Duration { return time.Since(began) }
