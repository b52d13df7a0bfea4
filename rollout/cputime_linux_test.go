package rollout

import (
	"syscall"
	"time"
	"unsafe"
)

// cpuTime is what the calling thread has computed so far; lock the goroutine to
// it. Unlike the wall clock it does not count the time that other processes and
// tests have the processor.
func cpuTime() time.Duration {
	const threadClock = 3 // CLOCK_THREAD_CPUTIME_ID
	var ts syscall.Timespec
	_, _, _ = syscall.Syscall(syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&ts)), 0)
	return time.Duration(ts.Nano())
}
