package e2e

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// bench skips a test, in one line, when nobody asked for figures.
func bench(t *testing.T) {
	t.Helper()
	if os.Getenv("SEALANE_BENCH") == "" {
		t.Skip("needs SEALANE_BENCH=1, which `make bench` sets")
	}
	end2end(t)
}

// bar prints a figure, and fails where it misses its bar.
func bar(t *testing.T, ok bool, format string, args ...any) {
	t.Helper()
	if !ok {
		t.Errorf("missed: "+format, args...)
		return
	}
	t.Logf(format, args...)
}

// processorTime is what a process used so far, in its own code and in the kernel
// (proc_pid_stat(5), fields 14 and 15, in ticks of 10 ms).
func processorTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Skip("no /proc to read processor times from")
	}
	_, rest, _ := strings.Cut(string(text), ") ") // a name may hold spaces
	fields := strings.Fields(rest)
	user, err := strconv.Atoi(fields[11])
	kernel, err2 := strconv.Atoi(fields[12])
	if err != nil || err2 != nil {
		t.Fatalf("/proc/%d/stat: %s", pid, text)
	}
	return time.Duration(user+kernel) * 10 * time.Millisecond
}
