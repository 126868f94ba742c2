package lineproxy_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/aashram-care/sangam/sync/bus/lineproxy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quiet is how long nothing must arrive for a line to count as silent. It bounds what a broken proxy may get away
// with, and never how long a sound one has.
const quiet = 100 * time.Millisecond

// start runs a proxy to a server that sends back what it gets, and ends both with the test.
func start(t *testing.T) *lineproxy.Proxy {
	t.Helper()
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { echo.Close() })
	go func() {
		for {
			conn, err := echo.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			}()
		}
	}()
	return run(t, echo.Addr().String())
}

func run(t *testing.T, target string) *lineproxy.Proxy {
	t.Helper()
	p, err := lineproxy.Listen("127.0.0.1:0", target)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- p.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return p
}

func dial(t *testing.T, p *lineproxy.Proxy) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func send(t *testing.T, conn net.Conn, s string) {
	t.Helper()
	if _, err := conn.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, conn net.Conn, want string) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	got := make([]byte, len(want))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != want {
		t.Fatalf("got %q, %v, want %q", got, err, want)
	}
}

func expectSilence(t *testing.T, conn net.Conn) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(quiet))
	n, err := conn.Read(make([]byte, 1))
	if n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read %d bytes, %v, want an open connection on which nothing comes", n, err)
	}
}

func expectClosed(t *testing.T, conn net.Conn) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read: %v, want a closed connection", err)
	}
}

func TestCutLineIsSilentAndDeliversWhenRestored(t *testing.T) {
	p := start(t)
	conn := dial(t, p)
	send(t, conn, "before")
	expect(t, conn, "before")
	p.Cut()
	if !p.IsCut() {
		t.Error("IsCut = false after Cut")
	}
	send(t, conn, "during")
	expectSilence(t, conn)
	during := dial(t, p)
	send(t, during, "new")
	expectSilence(t, during)
	p.Restore()
	expect(t, conn, "during")
	expect(t, during, "new")
}

func TestStalledConnectionStaysSilentWhileNewOnesWork(t *testing.T) {
	p := start(t)
	old := dial(t, p)
	send(t, old, "a")
	expect(t, old, "a")
	p.Stall()
	send(t, old, "b")
	fresh := dial(t, p)
	send(t, fresh, "c")
	expect(t, fresh, "c")
	p.Cut()
	p.Restore()
	expectSilence(t, old)
}

func TestDropClosesWhatIsOpenAndNothingElse(t *testing.T) {
	p := start(t)
	conn := dial(t, p)
	send(t, conn, "a")
	expect(t, conn, "a")
	p.Drop()
	expectClosed(t, conn)
	fresh := dial(t, p)
	send(t, fresh, "b")
	expect(t, fresh, "b")
}

func TestDelayIsAddedEachWayAndKeepsThroughput(t *testing.T) {
	p := start(t)
	p.SetDelay(quiet)
	conn := dial(t, p)
	began := time.Now()
	big := make([]byte, 1<<20)
	go func() { _, _ = conn.Write(big) }()
	expect(t, conn, string(big))
	if took := time.Since(began); took < 2*quiet {
		t.Errorf("there and back took %s, want at least %s", took, 2*quiet)
	}
}

func TestANarrowLineCarriesNoMoreThanItsRateHoweverManyShareIt(t *testing.T) {
	const bytes, rate = 40_000, 200_000
	p := start(t)
	p.SetRate(rate)
	conns := []net.Conn{dial(t, p), dial(t, p)}
	began := time.Now()
	for _, conn := range conns {
		go func() { _, _ = conn.Write(make([]byte, bytes)) }()
	}
	for _, conn := range conns {
		expect(t, conn, string(make([]byte, bytes)))
	}
	if took, least := time.Since(began), 2*bytes*time.Second/rate; took < least {
		t.Errorf("%d bytes of two connections took %s, want at least %s", 2*bytes, took, least)
	}
	p.SetRate(0)
	send(t, conns[0], "whole")
	expect(t, conns[0], "whole")
}

func TestOneEndClosingClosesTheOther(t *testing.T) {
	p := start(t)
	conn := dial(t, p)
	send(t, conn, "a")
	expect(t, conn, "a")
	conn.Close()
	for p.Connections() != 0 { // a line that stays fails by the time limit of the whole test
		<-time.After(time.Millisecond)
	}
}

func TestTargetThatIsDownIsLearntOnlyOverAWholeLine(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := free.Addr().String()
	free.Close()
	p := run(t, nobody)
	p.Cut()
	conn := dial(t, p)
	expectSilence(t, conn)
	p.Restore()
	expectClosed(t, conn)
	expectClosed(t, dial(t, p))
}

func TestPortInUseIsAnErrorThatNamesIt(t *testing.T) {
	p := start(t)
	if _, err := lineproxy.Listen(p.Addr(), "127.0.0.1:1"); err == nil {
		t.Error("Listen on a port in use succeeded")
	}
}
