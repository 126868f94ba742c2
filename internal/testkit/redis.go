package testkit

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Redis is a real redis-server of one test, on a port and in a directory of its own, with the configuration that
// operators get (deploy/redis.conf).
type Redis struct {
	URL      string // with the password, if there is one
	Addr     string // host:port
	Password string
	User     string // who Command logs in as, if there is a password; empty: the default user

	t       testing.TB
	dir     string
	extra   []string
	args    []string // behind the configuration on the command line
	paused  bool
	process *exec.Cmd
	exited  chan struct{} // closed when the process has ended
}

// StartRedis starts a redis-server without a password. settings are lines of its configuration that win over the
// file's, such as "maxclients 10". The server ends with the test.
func StartRedis(t testing.TB, settings ...string) *Redis {
	t.Helper()
	return startRedis(t, User{}, settings)
}

// StartRedisWithPassword starts a redis-server that wants a password, and puts it into URL.
func StartRedisWithPassword(t testing.TB, password string, settings ...string) *Redis {
	t.Helper()
	return startRedis(t, User{Password: password}, settings)
}

// User is somebody whom a Redis knows; without a name, its default user.
type User struct{ Name, Password string }

// StartRedisAs starts a redis-server whose settings bring its users, such as "aclfile /path". The test commands it as
// one of them.
func StartRedisAs(t testing.TB, operator User, settings ...string) *Redis {
	t.Helper()
	return startRedis(t, operator, settings)
}

func startRedis(t testing.TB, operator User, settings []string) *Redis {
	t.Helper()
	addr := FreeAddr(t)
	r := &Redis{Addr: addr, User: operator.Name, Password: operator.Password, t: t, dir: t.TempDir(), extra: settings}
	r.URL = r.URLAt(addr)
	if operator.Name == "" && operator.Password != "" {
		r.extra = append(slices.Clone(settings), "requirepass "+strconv.Quote(operator.Password))
	}
	t.Cleanup(r.Kill)
	r.Start()
	return r
}

// URLAt is the URL of the server when it is reached at another address, such as a Proxy's.
func (r *Redis) URLAt(addr string) string {
	u := url.URL{Scheme: "redis", Host: addr}
	if r.Password != "" {
		u.User = url.UserPassword(r.User, r.Password)
	}
	return u.String()
}

// Start starts the server again, empty, where it was.
func (r *Redis) Start() {
	r.t.Helper()
	if r.running() {
		return
	}
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		r.t.Fatal("redis-server is not installed: on Debian, RUNLEVEL=1 apt-get install redis-server")
	}
	log := filepath.Join(r.dir, "redis.log")
	_, port, _ := net.SplitHostPort(r.Addr)
	own := append([]string{"port " + port, "dir " + r.dir, "logfile " + log, "daemonize no"}, r.extra...)
	conf := filepath.Join(r.dir, "test.conf")
	text := "include " + shippedConfig(r.t) + "\n" + strings.Join(own, "\n") + "\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	// A client that dials a port without a server can, rarely, be given that very port as its own: then the server has
	// to wait until that client has noticed.
	for attempt := 1; !r.launch(binary, conf, log); attempt++ {
		if attempt == 20 {
			r.t.Fatalf("redis-server does not start; its log:\n%s", contents(log))
		}
		<-time.After(50 * time.Millisecond)
	}
}

// launch starts the process and waits until it answers; it is false when the port is taken.
func (r *Redis) launch(binary, conf, log string) bool {
	r.t.Helper()
	process, exited := exec.Command(binary, append([]string{conf}, r.args...)...), make(chan struct{})
	if err := process.Start(); err != nil {
		r.t.Fatalf("start redis-server: %v", err)
	}
	r.process, r.exited = process, exited
	unguard := r.guard(process.Process.Pid)
	go func() {
		_ = process.Wait()
		unguard()
		close(exited)
	}()
	giveUp := time.After(30 * time.Second)
	for !r.answers() {
		select {
		case <-exited:
			if strings.Contains(contents(log), "Address already in use") {
				_ = os.Remove(log)
				return false
			}
			r.t.Fatalf("redis-server ended at once; its log:\n%s", contents(log))
		case <-giveUp:
			r.t.Fatalf("redis-server does not answer; its log:\n%s", contents(log))
		case <-time.After(10 * time.Millisecond):
		}
	}
	return true
}

// guard ends the server when this process ends without running cleanups, as after a test's time limit: it holds the
// other end of a pipe that the guard reads.
func (r *Redis) guard(pid int) (unguard func()) {
	r.t.Helper()
	watcher := exec.Command("sh", "-c", fmt.Sprintf("read _; kill -9 %d", pid))
	pipe, err := watcher.StdinPipe()
	if err == nil {
		err = watcher.Start()
	}
	if err != nil {
		r.t.Fatalf("guard redis-server: %v", err)
	}
	return func() {
		_ = watcher.Process.Kill() // before the pipe closes, or it would kill whoever has the number then
		_ = watcher.Wait()
		_ = pipe.Close()
	}
}

func contents(file string) string {
	text, _ := os.ReadFile(file)
	return string(text)
}

// answers says whether the server accepts commands, be it only to ask for a password.
func (r *Redis) answers() bool {
	conn, err := net.DialTimeout("tcp", r.Addr, time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	answer, err := exchange(conn, []string{"PING"})
	return err == nil && (answer == "+PONG" || strings.HasPrefix(answer, "-NOAUTH"))
}

// Stop ends the server in good order and waits until it has ended. Stopping one that is down is harmless.
func (r *Redis) Stop() { r.end(syscall.SIGTERM) }

// Kill ends the server at once, as kill -9 does, and waits until it has ended.
func (r *Redis) Kill() { r.end(syscall.SIGKILL) }

// Pause stops the process without ending it: its sockets stay open and silent. Resume lets it go on.
func (r *Redis) Pause() {
	r.t.Helper()
	r.signal(syscall.SIGSTOP)
	r.paused = true
}

// Resume ends Pause.
func (r *Redis) Resume() {
	r.t.Helper()
	r.signal(syscall.SIGCONT)
	r.paused = false
}

func (r *Redis) signal(s syscall.Signal) {
	r.t.Helper()
	if !r.running() {
		return
	}
	if err := r.process.Process.Signal(s); err != nil {
		r.t.Errorf("signal %v to redis-server: %v", s, err)
	}
}

func (r *Redis) end(s syscall.Signal) {
	r.t.Helper()
	if !r.running() {
		return
	}
	r.signal(s)
	<-r.exited
}

func (r *Redis) running() bool {
	if r.exited == nil {
		return false
	}
	select {
	case <-r.exited:
		return false
	default:
		return true
	}
}

// Flush empties the server.
func (r *Redis) Flush() {
	r.t.Helper()
	r.Command("FLUSHALL")
}

// KillSubscriptions closes every connection that subscribes, from the server's side, and returns how many.
func (r *Redis) KillSubscriptions() string {
	r.t.Helper()
	return r.Command("CLIENT", "KILL", "TYPE", "pubsub")
}

// Command sends one command as redis-cli would, and returns the first line of the answer without its type mark.
// An error answer fails the test.
func (r *Redis) Command(words ...string) string {
	r.t.Helper()
	conn, err := net.DialTimeout("tcp", r.Addr, 5*time.Second)
	if err != nil {
		r.t.Fatalf("redis %v: %v", words, err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	commands := [][]string{words}
	if r.Password != "" {
		commands = [][]string{r.login().words(), words}
	}
	var answer string
	for _, command := range commands {
		answer, err = exchange(conn, command)
		if err != nil || strings.HasPrefix(answer, "-") {
			r.t.Fatalf("redis %s: %s %v", command[0], answer, err)
		}
	}
	return answer[1:]
}

func (r *Redis) login() User { return User{Name: r.User, Password: r.Password} }

// words are the command by which a user logs in.
func (u User) words() []string {
	if u.Name == "" {
		return []string{"AUTH", u.Password}
	}
	return []string{"AUTH", u.Name, u.Password}
}

// shippedConfig finds deploy/redis.conf from the place of this file.
func shippedConfig(t testing.TB) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	path := filepath.Join(filepath.Dir(here), "..", "..", "deploy", "redis.conf")
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the shipped Redis configuration: %v", err)
	}
	return filepath.Clean(path)
}

// FreeAddr asks the kernel for a port. Another process could take it before the server does; the test then fails
// with the server's log.
func FreeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// exchange speaks just enough of the protocol for one command and the first line of its answer.
func exchange(conn net.Conn, words []string) (line string, err error) {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(words))
	for _, w := range words {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(w), w)
	}
	if _, err := io.WriteString(conn, b.String()); err != nil {
		return "", err
	}
	line, err = bufio.NewReader(conn).ReadString('\n')
	return strings.TrimSpace(line), err
}
