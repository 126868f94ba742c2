package testkit

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// Text sends one command and returns the whole answer: of an array every part on a line of its own. An error answer
// or no answer fails the test.
func (r *Redis) Text(words ...string) string {
	r.t.Helper()
	text, err := r.ask(words)
	if err != nil {
		r.t.Fatalf("redis %v: %v", words, err)
	}
	return text
}

// ask is Text for who can do with an error.
func (r *Redis) ask(words []string) (string, error) { return r.AskAs(r.login(), words...) }

// AskAs sends one command as a user, and returns the whole answer as Text does. An error answer is an error, also to
// the login.
func (r *Redis) AskAs(user User, words ...string) (string, error) {
	conn, err := net.DialTimeout("tcp", r.Addr, 5*time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	in := bufio.NewReader(conn)
	if user.Password != "" {
		if _, err := send(conn, in, user.words()); err != nil {
			return "", err
		}
	}
	return send(conn, in, words)
}

func send(conn net.Conn, in *bufio.Reader, words []string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(words))
	for _, w := range words {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(w), w)
	}
	if _, err := io.WriteString(conn, b.String()); err != nil {
		return "", err
	}
	return readReply(in)
}

// readReply reads one answer of the protocol, version 2.
func readReply(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return "", err
	}
	kind, rest := line[0], strings.TrimSpace(line[1:])
	switch kind {
	case '-':
		return "", fmt.Errorf("it answers: %s", rest)
	case '$':
		length, err := strconv.Atoi(rest)
		if err != nil || length < 0 {
			return "", err
		}
		text := make([]byte, length+2)
		_, err = io.ReadFull(in, text)
		return string(text[:length]), err
	case '*':
		count, err := strconv.Atoi(rest)
		if err != nil {
			return "", err
		}
		parts := make([]string, max(count, 0))
		for i := range parts {
			if parts[i], err = readReply(in); err != nil {
				return "", err
			}
		}
		return strings.Join(parts, "\n"), nil
	default:
		return rest, nil
	}
}
