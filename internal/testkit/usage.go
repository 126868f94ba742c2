package testkit

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// clockTick is the unit of processor time in /proc; Linux has had it at a hundredth of a second for ever.
const clockTick = 10 * time.Millisecond

// Usage is what a process took so far.
type Usage struct {
	CPU       time.Duration
	RSS, Peak int // KiB
	Own       int // KiB of RSS that are no pages of files
}

// ForgetPeak lets the peak begin anew from what the process holds now. It needs Linux.
func (p *Process) ForgetPeak(t testing.TB) {
	t.Helper()
	const peak = "5" // of the numbers that proc(5) lists for this file
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.PID()), []byte(peak), 0); err != nil {
		t.Fatalf("forget the peak of %s: %v", p.args[0], err)
	}
}

// Usage reads what the process took. It needs Linux.
func (p *Process) Usage(t testing.TB) Usage {
	t.Helper()
	return UsageOf(t, p.PID())
}

// UsageOf reads what any process took. It needs Linux.
func UsageOf(t testing.TB, pid int) (u Usage) {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatalf("read what process %d took: %v", pid, err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // the name before it may hold anything
	fields := strings.Fields(rest)
	for _, n := range []int{11, 12} { // user and system time
		ticks, err := strconv.Atoi(fields[n])
		if err != nil {
			t.Fatalf("read what process %d took: %v", pid, err)
		}
		u.CPU += time.Duration(ticks) * clockTick
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatalf("read what process %d took: %v", pid, err)
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "VmRSS":
			u.RSS, _ = strconv.Atoi(strings.Fields(value)[0])
		case "RssAnon":
			u.Own, _ = strconv.Atoi(strings.Fields(value)[0])
		case "VmHWM":
			u.Peak, _ = strconv.Atoi(strings.Fields(value)[0])
		}
	}
	return u
}
