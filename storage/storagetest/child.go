package storagetest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
)

// These tell a started-again test binary what it is to do, and where.
const (
	childMode = "SANGAM_STORAGETEST_CHILD"
	childPath = "SANGAM_STORAGETEST_PATH"
	childFrom = "SANGAM_STORAGETEST_FROM"
)

const (
	modeWrite = "write until killed"
	modeFull  = "write until the disk is full"
)

// child does what the parent asks and never returns to the test.
func child(mode string, open func(string) (Store, error)) {
	st, err := open(os.Getenv(childPath))
	if err == nil {
		err = st.Update(mint)
	}
	switch {
	case err != nil:
	case mode == modeWrite:
		err = writeForEver(st)
	case mode == modeFull:
		err = fillDisk(st)
	}
	fmt.Println("end:", err)
	os.Exit(0)
}

// writeForEver acknowledges each transaction on its standard output after the
// store did. Transaction n sets records n to n+9 to n.
func writeForEver(st Store) error {
	n, err := strconv.Atoi(os.Getenv(childFrom))
	if err != nil {
		return err
	}
	for ; ; n++ {
		if err := st.Update(func(tx feed.Tx) error { return stripe(tx, n) }); err != nil {
			return err
		}
		if _, err := fmt.Printf("acked %d\n", n); err != nil {
			return err
		}
	}
}

const width = 10

func stripe(tx feed.Tx, n int) error {
	for i := range width {
		if err := edit(tx, n+i, n); err != nil {
			return err
		}
	}
	return nil
}

// fillDisk lets the file grow a little, writes until the store refuses, reads
// all the same, then makes room and writes again.
func fillDisk(st Store) error {
	signal.Ignore(syscall.SIGXFSZ)
	info, err := os.Stat(os.Getenv(childPath))
	if err != nil {
		return err
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	limit.Cur = uint64(info.Size()) + 300<<10
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	acked := -1
	for n := range 100_000 {
		if err = st.Update(func(tx feed.Tx) error { return stripe(tx, n) }); err != nil {
			break
		}
		acked = n
		fmt.Printf("acked %d\n", n)
	}
	if err == nil {
		return errors.New("the disk never got full")
	}
	fmt.Println("refused:", err)
	err = st.View(func(tx feed.Tx) error {
		if got, err := number(tx, acked); got != acked {
			return fmt.Errorf("on a full disk record %d reads %d (%w)", acked, got, err)
		}
		return feed.Check(tx, schema)
	})
	if err != nil {
		return err
	}
	limit.Cur = limit.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	if err := st.Update(func(tx feed.Tx) error { return stripe(tx, acked+1) }); err != nil {
		return fmt.Errorf("with room again: %w", err)
	}
	fmt.Printf("acked %d\n", acked+1)
	return st.Close()
}

func start(t *testing.T, mode, path string, from int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	top, _, _ := strings.Cut(t.Name(), "/")
	cmd := exec.Command(os.Args[0], "-test.run", "^"+top+"$")
	cmd.Env = append(os.Environ(), childMode+"="+mode, childPath+"="+path, childFrom+"="+strconv.Itoa(from))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start a child: %v", err)
	}
	return cmd, bufio.NewScanner(out)
}

// kill starts writers and kills them with SIGKILL at random moments. What
// they acknowledged is there afterwards, and the store is whole.
func (s suite) kill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	rounds := 8
	if testing.Short() {
		rounds = 3
	}
	last := -1
	for round := range rounds {
		cmd, lines := start(t, modeWrite, path, last+1)
		acked := make(chan int, 1)
		go func() { acked <- killAfter(cmd, lines, 1+rand.IntN(40)) }()
		before := last
		last = <-acked
		_ = cmd.Wait() // it was killed
		if last <= before {
			t.Fatalf("round %d: the child acknowledged nothing", round)
		}
		st, err := s.open(path)
		if err != nil {
			t.Fatalf("round %d: open after the kill: %v", round, err)
		}
		err = st.View(func(tx feed.Tx) error {
			for n := range last + 1 {
				if got, err := number(tx, n); err != nil || got < n-width+1 {
					return fmt.Errorf("record %d holds %d (%w), acknowledged up to %d", n, got, err, last)
				}
			}
			if got, err := number(tx, last+width-1); err != nil || got < last {
				return fmt.Errorf("record %d holds %d (%w), %d was acknowledged", last+width-1, got, err, last)
			}
			return feed.Check(tx, schema)
		})
		if err := errors.Join(err, st.Close()); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
	}
}

// killAfter reads some acknowledgements, kills the child somewhere in the
// next commit, and returns the last acknowledged number.
func killAfter(cmd *exec.Cmd, lines *bufio.Scanner, count int) int {
	last := -1
	var timer *time.Timer
	for lines.Scan() {
		if _, err := fmt.Sscanf(lines.Text(), "acked %d", &last); err != nil {
			fmt.Fprintln(os.Stderr, lines.Text())
		}
		if count--; count == 0 {
			timer = time.AfterFunc(time.Duration(rand.IntN(3000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		}
	}
	if timer != nil {
		timer.Stop()
	}
	_ = cmd.Process.Kill()
	return last
}

func (s suite) diskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	cmd, lines := start(t, modeFull, path, 0)
	acked, refused := -1, false
	for lines.Scan() {
		line := lines.Text()
		if _, err := fmt.Sscanf(line, "acked %d", &acked); err == nil {
			continue
		}
		refused = refused || strings.HasPrefix(line, "refused: ")
		if after, ends := strings.CutPrefix(line, "end: "); ends && after != "<nil>" {
			t.Errorf("the child: %s", after)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the child: %v", err)
	}
	if !refused || acked < 0 {
		t.Fatalf("acknowledged up to %d, refused %v: want some, then a refusal", acked, refused)
	}
	view(t, s.at(t, path), func(tx feed.Tx) error {
		got, err := number(tx, acked+width-1)
		if got != acked {
			t.Errorf("record %d holds %d, acknowledged up to %d", acked+width-1, got, acked)
		}
		return err
	})
}

func writeFile(t *testing.T, path string, b []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
}
