package testkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var built struct {
	once sync.Once
	path string
	err  error
}

// Binary builds the program once for the tests of a package and returns its path.
func Binary(t testing.TB) string {
	t.Helper()
	built.once.Do(func() {
		dir, err := os.MkdirTemp("", "sangam-test-")
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "sangam")
		out, err := exec.Command("go", "build", "-buildvcs=false", "-o", built.path, "github.com/aashram-care/sangam/cmd/sangam").CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("build sangam: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

// RemoveBinary removes what Binary built; a package calls it at the end of its TestMain.
func RemoveBinary() {
	if built.path != "" {
		_ = os.RemoveAll(filepath.Dir(built.path))
	}
}

// Process is a node of its own, in a process that a test may kill.
type Process struct {
	URL, Dir string

	t    testing.TB
	args []string
	log  bytes.Buffer

	mu      sync.Mutex
	command *exec.Cmd
	ended   chan struct{}
}

// fixedArgs is how many arguments every node is started with.
const fixedArgs = 7

// StartProcess starts `sangam role` on a fresh directory and a free port, and returns once it is ready. It is killed
// at the end of the test; its log is shown when the test failed.
func StartProcess(t testing.TB, role string, args ...string) *Process {
	t.Helper()
	addr := FreeAddr(t)
	p := &Process{t: t, URL: "http://" + addr, Dir: filepath.Join(t.TempDir(), role)}
	p.args = []string{role, "--data", p.Dir, "--listen", addr, "--admin-listen", ""}
	p.StartWith(args...)
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("log of %s:\n%s", role, p.log.String())
		}
	})
	return p
}

// Start starts the process again with the same arguments, and waits until it is ready.
func (p *Process) Start() {
	p.t.Helper()
	command := exec.Command(Binary(p.t), p.args...)
	command.Stdout, command.Stderr = &p.log, &p.log
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		p.t.Errorf("start %s: %v", p.args[0], err)
		return
	}
	ended := make(chan struct{})
	go func() { _ = command.Wait(); close(ended) }()
	p.mu.Lock()
	p.command, p.ended = command, ended
	p.mu.Unlock()
	if !Eventually(30*time.Second, func() bool {
		res, err := http.Get(p.URL + "/readyz")
		if err != nil {
			return false
		}
		defer res.Body.Close()
		return res.StatusCode == http.StatusOK
	}) {
		p.t.Errorf("%s is not ready after 30 s", p.args[0])
	}
}

// StartWith is Start with other arguments after the directory and the address.
func (p *Process) StartWith(args ...string) {
	p.t.Helper()
	p.args = append(p.args[:fixedArgs:fixedArgs], args...)
	p.Start()
}

// PID is the number of the process that runs now.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.command.Process.Pid
}

// Kill ends the process as a power cut does, and waits for its end. It does nothing to one that has ended.
func (p *Process) Kill() { p.end(syscall.SIGKILL) }

// Stop asks the process to end, and waits for it.
func (p *Process) Stop() { p.end(syscall.SIGTERM) }

func (p *Process) end(signal syscall.Signal) {
	p.mu.Lock()
	command, ended := p.command, p.ended
	p.mu.Unlock()
	_ = command.Process.Signal(signal) // it may have ended by itself
	<-ended
}

// Run runs another command of the program to its end, with text as its standard input, and returns what it printed.
func Run(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	command := exec.Command(Binary(t), args...)
	command.Stdin = strings.NewReader(stdin)
	var complaint bytes.Buffer
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		t.Fatalf("sangam %s: %v\n%s", strings.Join(args, " "), err, complaint.String())
	}
	return string(out)
}

// Refused runs another command that must fail, and returns what it complained of and its exit code.
func Refused(t testing.TB, args ...string) (complaint string, code int) {
	t.Helper()
	var text bytes.Buffer
	command := exec.Command(Binary(t), args...)
	command.Stderr = &text
	var exit *exec.ExitError
	if err := command.Run(); !errors.As(err, &exit) {
		t.Fatalf("sangam %s: %v, and should have been refused", strings.Join(args, " "), err)
	}
	return text.String(), exit.ExitCode()
}

// RunJSON is Run with --output json, decoded into out.
func RunJSON(t testing.TB, out any, stdin string, args ...string) {
	t.Helper()
	text := Run(t, stdin, append(args, "--output", "json")...)
	if err := json.Unmarshal([]byte(text), out); err != nil {
		t.Fatalf("sangam %s printed no JSON: %v\n%s", strings.Join(args, " "), err, text)
	}
}

// Eventually asks again and again until ok, at most so long, and reports whether it was.
func Eventually(atMost time.Duration, ok func() bool) bool {
	for until := time.Now().Add(atMost); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return ok()
}
