package bolt

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"

	bbolt "go.etcd.io/bbolt"
)

// The log is two files beside the store's, filled by turns. A line of it is
// one transaction. Lines begin at multiples of a block, so that no write
// touches a block that holds an acknowledged one.
//
//	 0  magic
//	 4  CRC-32C of all that follows, to the end of its last block
//	 8  opening: which opening of the store wrote it
//	16  seq of the transaction
//	24  bytes of the file when it was written
//	32  bytes of rows
//	40  rows
const (
	lineMagic  = 0x53474c31
	lineHeader = 40
	block      = 4096
	// A file grows by so many zeros ahead of its lines, which makes a commit
	// a write into blocks that the file has: no metadata goes to the disk.
	growth = 256 << 10
)

var zeros [growth]byte

// newLine returns a line without rows, with room for size bytes.
func newLine(size int) []byte { return make([]byte, lineHeader, max(size, block)) }

// appendRow adds a row to a line and returns both. The row's bytes stay where
// they are, also when the line grows out of its place.
func appendRow(line, key, value []byte, gone bool) ([]byte, row) {
	head := uint64(len(key)) << 1
	if gone {
		head |= 1
	}
	line = binary.AppendUvarint(line, head)
	line = binary.AppendUvarint(line, uint64(len(value)))
	from := len(line)
	line = append(append(line, key...), value...)
	return line, row{bytes: line[from:len(line):len(line)], key: len(key), gone: gone}
}

// readRows gives the rows of a line in the order in which they were written.
func readRows(b []byte, fn func(row)) error {
	for len(b) > 0 {
		head, n := binary.Uvarint(b)
		if n <= 0 {
			return damaged("a row in the log without a key")
		}
		size, m := binary.Uvarint(b[n:])
		if m <= 0 {
			return damaged("a row in the log without a value")
		}
		b = b[n+m:]
		key := head >> 1
		if key == 0 || key > bbolt.MaxKeySize || key > uint64(len(b)) || size > uint64(len(b))-key {
			return damaged("a row in the log has a key of %d bytes, a value of %d, and %d are left of its line", key, size, len(b))
		}
		fn(row{bytes: b[: key+size : key+size], key: int(key), gone: head&1 == 1})
		b = b[key+size:]
	}
	return nil
}

// sealed finishes a line: it fills blocks, and carries its header.
func sealed(line []byte, opening, seq uint64, room int64) []byte {
	rows := len(line) - lineHeader
	line = append(line, zeros[:-len(line)&(block-1)]...)
	binary.BigEndian.PutUint32(line, lineMagic)
	binary.BigEndian.PutUint64(line[8:], opening)
	binary.BigEndian.PutUint64(line[16:], seq)
	binary.BigEndian.PutUint64(line[24:], uint64(room))
	binary.BigEndian.PutUint64(line[32:], uint64(rows))
	binary.BigEndian.PutUint32(line[4:], crc32.Checksum(line[8:], castagnoli))
	return line
}

// line is one that was found in a file.
type line struct {
	opening, seq uint64
	room         int64
	rows         []byte
}

// readLine reads the line at the beginning of b, and the bytes it takes up.
func readLine(b []byte) (l line, size int, ok bool) {
	if len(b) < block || binary.BigEndian.Uint32(b) != lineMagic {
		return line{}, 0, false
	}
	rows := binary.BigEndian.Uint64(b[32:])
	if rows > uint64(len(b)-lineHeader) {
		return line{}, 0, false
	}
	end := lineHeader + int(rows)
	size = end + -end&(block-1)
	if size > len(b) || binary.BigEndian.Uint32(b[4:]) != crc32.Checksum(b[8:size], castagnoli) {
		return line{}, 0, false
	}
	return line{
		opening: binary.BigEndian.Uint64(b[8:]), seq: binary.BigEndian.Uint64(b[16:]),
		room: int64(binary.BigEndian.Uint64(b[24:])), rows: b[lineHeader:end:end],
	}, size, true
}

// segment is one of the two files.
type segment struct {
	path string
	file *os.File // nil until the first line
	info os.FileInfo
	room int64 // bytes of the file: zeros, and lines old and new
	tail int64 // where the next line goes
}

// segments are both, and which of them takes lines.
type segments struct {
	two [2]segment
	now int
}

func segmentsOf(path string) segments {
	return segments{two: [2]segment{{path: path + ".log-0"}, {path: path + ".log-1"}}}
}

func (g *segments) active() *segment { return &g.two[g.now] }

// turn lets the other file take lines; all of it must be in the store's.
func (g *segments) turn() {
	g.now = 1 - g.now
	g.active().tail = 0
}

// reset makes room in both; all of them must be in the store's file.
func (g *segments) reset() { g.two[0].tail, g.two[1].tail = 0, 0 }

// errNoLine says that a line is not in the log, and will not be.
var errNoLine = errors.New("append to the log")

// append adds a line, which it seals, and returns when it is on the disk. An
// error is errNoLine, or ErrUnsure when nobody can say what the disk holds.
func (g *segment) append(line []byte, opening, seq uint64) error {
	if err := g.makeRoom(len(line)); err != nil {
		return fmt.Errorf("%w: %w", errNoLine, err)
	}
	line = sealed(line, opening, seq, g.room)
	if _, err := g.file.WriteAt(line, g.tail); err != nil {
		// Behind a line cut short may stand the zeros it would have ended in.
		_, wiped := g.file.WriteAt(zeros[:lineHeader], g.tail)
		if wiped == nil {
			wiped = syncData(g.file)
		}
		if wiped != nil {
			return fmt.Errorf("%w: %w: %w", ErrUnsure, err, wiped)
		}
		return fmt.Errorf("%w: %w", errNoLine, err)
	}
	if err := syncData(g.file); err != nil {
		// The kernel may have dropped what it could not write and call the
		// next sync a success: no later one tells anything.
		return fmt.Errorf("%w: %w", ErrUnsure, err)
	}
	g.tail += int64(len(line))
	return nil
}

// makeRoom lets the file grow until a line of that many bytes fits.
func (g *segment) makeRoom(size int) error {
	if g.file == nil {
		if err := g.create(); err != nil {
			return err
		}
	}
	end := g.tail + int64(size+block-1)&^(block-1)
	for g.room < end {
		n, err := g.file.WriteAt(zeros[:], g.room)
		if err != nil {
			if n > 0 { // files are whole multiples, or somebody cut them
				err = errors.Join(err, g.file.Truncate(g.room))
			}
			return err
		}
		g.room += growth
	}
	return nil
}

// create opens the file, makes it where it is missing, and makes its name
// durable.
func (g *segment) create() (err error) {
	f, err := os.OpenFile(g.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		err = syncDir(filepath.Dir(g.path))
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	g.file, g.info, g.room = f, info, info.Size()
	return nil
}

// same tells whether the path still names the file.
func (g *segment) same() error {
	if g.file == nil {
		return nil
	}
	info, err := os.Stat(g.path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReplaced, err)
	}
	if !os.SameFile(info, g.info) {
		return ErrReplaced
	}
	return nil
}

func (g *segments) close() error {
	var errs []error
	for i := range g.two {
		if f := g.two[i].file; f != nil {
			errs = append(errs, f.Close())
			g.two[i].file = nil
		}
	}
	return errors.Join(errs...)
}

// each calls fn for the files that are there.
func (g *segments) each(fn func(path string) error) error {
	for i := range g.two {
		if err := fn(g.two[i].path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// lines reads every whole line of both files that is newer than after, in the
// order of their seqs.
func (g *segments) lines(after uint64) ([]line, error) {
	var found []line
	err := g.each(func(path string) error {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for n := 0; n < len(b); {
			l, size, ok := readLine(b[n:])
			switch {
			case !ok:
				size = block
			case l.seq <= after:
			case l.room > int64(len(b)):
				return damaged("%s is cut short: %d bytes of %d", filepath.Base(path), len(b), l.room)
			default:
				found = append(found, l)
			}
			n += size
		}
		return nil
	})
	slices.SortFunc(found, func(a, b line) int { return cmp.Compare(a.seq, b.seq) })
	return found, err
}
