package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
)

// Layout of a bbolt file, version 2. Numbers are in the machine's byte order.
const (
	pageHeader   = 16 // id 8, flags 2, count 2, overflow 4
	elementSize  = 16
	metaSize     = 64
	metaMagic    = 0xED0CDAED
	metaVersion  = 2
	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagFreelist = 0x10
	leafBucket   = 0x01 // flag of a leaf element that is a bucket
	maxTreeDepth = 64
	noFreelist   = math.MaxUint64
	minPage      = 1 << 10
	maxPage      = 64 << 10
)

var native = binary.NativeEndian

// verifier reads a bbolt file without mapping it. bbolt's own check follows
// damaged offsets out of the file and takes the process with it; here every
// offset is compared with the page it points into.
type verifier struct {
	file     io.ReaderAt
	pageSize uint64
	pages    uint64 // high-water mark
	root     uint64
	freelist uint64
	torn     bool     // one of the two roots is not valid
	used     []uint64 // bitmap of pages reached or free
	sum      uint64   // of the rows met
}

// newVerifier reads the two roots of the file and takes the newer valid one.
func newVerifier(file io.ReaderAt, size int64) (*verifier, error) {
	if size == 0 {
		return nil, damaged("the file is empty")
	}
	var best *verifier
	var newest uint64
	valid := 0
	for pageSize := uint64(minPage); pageSize <= maxPage; pageSize *= 2 {
		for slot := range uint64(2) {
			v, id := readMeta(file, pageSize, slot)
			if v == nil {
				continue
			}
			if valid++; best == nil || id > newest {
				best, newest = v, id
			}
		}
	}
	if best == nil {
		return nil, damaged("neither of its two roots is valid: not a store, or its beginning is lost")
	}
	best.torn = valid == 1
	if uint64(size)/best.pageSize < best.pages {
		return nil, damaged("cut short: %d bytes of %d", size, best.pages*best.pageSize)
	}
	return best, nil
}

func readMeta(file io.ReaderAt, pageSize, slot uint64) (*verifier, uint64) {
	b := make([]byte, metaSize)
	if _, err := file.ReadAt(b, int64(slot*pageSize+pageHeader)); err != nil {
		return nil, 0
	}
	h := fnv.New64a()
	h.Write(b[:metaSize-8])
	if native.Uint32(b) != metaMagic || native.Uint32(b[4:]) != metaVersion ||
		uint64(native.Uint32(b[8:])) != pageSize || native.Uint64(b[56:]) != h.Sum64() {
		return nil, 0
	}
	return &verifier{
		file: file, pageSize: pageSize, root: native.Uint64(b[16:]),
		freelist: native.Uint64(b[32:]), pages: native.Uint64(b[40:]),
	}, native.Uint64(b[48:])
}

// page is one page with its overflow.
type page struct {
	id       uint64
	flags    uint16
	count    int
	overflow uint64
	data     []byte // header included
}

func (v *verifier) read(id uint64) (page, error) {
	if id < 2 || id >= v.pages {
		return page{}, damaged("page %d of %d", id, v.pages)
	}
	data := make([]byte, v.pageSize)
	if _, err := v.file.ReadAt(data, int64(id*v.pageSize)); err != nil {
		return page{}, fmt.Errorf("read page %d: %w", id, err)
	}
	p, err := parse(id, data)
	if err != nil || p.overflow == 0 {
		return p, err
	}
	if p.overflow >= v.pages-id {
		return page{}, damaged("page %d runs out of the file", id)
	}
	p.data = make([]byte, (1+p.overflow)*v.pageSize)
	if _, err := v.file.ReadAt(p.data, int64(id*v.pageSize)); err != nil {
		return page{}, fmt.Errorf("read page %d: %w", id, err)
	}
	return p, nil
}

func parse(id uint64, data []byte) (page, error) {
	if len(data) < pageHeader {
		return page{}, damaged("page %d cut short", id)
	}
	p := page{
		id: native.Uint64(data), flags: native.Uint16(data[8:]), count: int(native.Uint16(data[10:])),
		overflow: uint64(native.Uint32(data[12:])), data: data,
	}
	if p.id != id {
		return page{}, damaged("page %d calls itself %d", id, p.id)
	}
	return p, nil
}

// element is one entry of a branch or leaf page.
type element struct {
	key, value []byte
	child      uint64 // of a branch
	bucket     bool   // of a leaf
}

func (p *page) element(i int) (element, error) {
	at := pageHeader + i*elementSize
	if at+elementSize > len(p.data) {
		return element{}, damaged("page %d has no room for its %d elements", p.id, p.count)
	}
	e := p.data[at:]
	var out element
	var pos, ksize, vsize uint64
	if p.flags == flagBranch {
		pos, ksize = uint64(native.Uint32(e)), uint64(native.Uint32(e[4:]))
		out.child = native.Uint64(e[8:])
	} else {
		out.bucket = native.Uint32(e) == leafBucket
		pos, ksize, vsize = uint64(native.Uint32(e[4:])), uint64(native.Uint32(e[8:])), uint64(native.Uint32(e[12:]))
	}
	from := uint64(at) + pos
	if from < uint64(pageHeader+p.count*elementSize) || from+ksize+vsize > uint64(len(p.data)) {
		return element{}, damaged("element %d of page %d points out of it", i, p.id)
	}
	out.key, out.value = p.data[from:from+ksize], p.data[from+ksize:from+ksize+vsize]
	return out, nil
}

// Verify reads every page and row of the file, with what the log held when it
// was called, and tells the first damage it finds, as ErrCorrupt. It is for
// doctors and for quiet hours: the log is not folded meanwhile.
func (s *Store) Verify() error {
	if err := s.Fold(); err != nil && !errors.Is(err, ErrReadOnly) {
		return fmt.Errorf("verify the store: %w", err)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	info, err := s.file.Stat()
	if err != nil {
		return fmt.Errorf("verify the store: %w", err)
	}
	v, err := newVerifier(s.file, info.Size())
	if err == nil {
		err = v.all()
	}
	if err != nil {
		return fmt.Errorf("verify the store: %w", err)
	}
	return nil
}

// VerifyFile reads every page and row of a store's file that nobody writes to,
// wherever it lies, such as inside a backup, and tells the first damage it
// finds, as ErrCorrupt. A log beside it is not looked at.
func VerifyFile(file io.ReaderAt, size int64) error {
	v, err := newVerifier(file, size)
	if err == nil {
		err = v.all()
	}
	if err != nil {
		return fmt.Errorf("verify a store's file: %w", err)
	}
	return nil
}

// rows finds the one bucket of the store: the page of its root, or where it
// is small the page that stands inside its entry, and the sum it carries.
func (v *verifier) rows() (root uint64, inline *page, sum uint64, err error) {
	p, err := v.read(v.root)
	if err != nil {
		return 0, nil, 0, err
	}
	if p.flags != flagLeaf || p.count != 1 {
		return 0, nil, 0, damaged("page %d is not the root of a store", p.id)
	}
	e, err := p.element(0)
	if err != nil {
		return 0, nil, 0, err
	}
	if !e.bucket || !bytes.Equal(e.key, bucketName) || len(e.value) < 16 {
		return 0, nil, 0, damaged("its bucket is %.20q", e.key)
	}
	v.use(p.id, p.overflow)
	root, sum = native.Uint64(e.value), native.Uint64(e.value[8:])
	if root == 0 {
		in, err := parse(0, e.value[16:])
		return 0, &in, sum, err
	}
	return root, nil, sum, nil
}

// closedCleanly reads the path to the row that a writer leaves in the file
// while it runs.
func (v *verifier) closedCleanly() (bool, error) {
	v.used = make([]uint64, v.pages/64+1)
	root, inline, _, err := v.rows()
	if err != nil {
		return false, err
	}
	p := page{}
	if inline != nil {
		p = *inline
	} else if p, err = v.read(root); err != nil {
		return false, err
	}
	for depth := 0; p.flags == flagBranch && depth < maxTreeDepth; depth++ {
		child := uint64(0)
		for i := range p.count {
			e, err := p.element(i)
			if err != nil {
				return false, err
			}
			if i > 0 && bytes.Compare(e.key, keyOpen) > 0 {
				break
			}
			child = e.child
		}
		if p, err = v.read(child); err != nil {
			return false, err
		}
	}
	for i := range p.count {
		e, err := p.element(i)
		if err != nil {
			return false, err
		}
		if bytes.Equal(e.key, keyOpen) {
			return false, nil
		}
	}
	return true, nil
}

// all reads every page and row. The tree leads all over the file, so the file
// is read from end to end first: disks, and SD cards above all, are many times
// faster at that.
func (v *verifier) all() error {
	for at, chunk := int64(0), make([]byte, 1<<20); at < int64(v.pages*v.pageSize); at += int64(len(chunk)) {
		if _, err := v.file.ReadAt(chunk, at); err != nil && err != io.EOF {
			return fmt.Errorf("read the file: %w", err)
		}
	}
	v.used, v.sum = make([]uint64, v.pages/64+1), 0
	v.use(0, 1)
	root, inline, sum, err := v.rows()
	if err != nil {
		return err
	}
	if inline != nil {
		err = v.leaf(inline, nil, nil)
	} else {
		err = v.tree(root, nil, nil, 0)
	}
	if err != nil {
		return err
	}
	if v.sum != sum {
		return damaged("%d rows are there, %d were written, or one is another", v.sum>>32, sum>>32)
	}
	return v.free()
}

// use marks a page and its overflow; false tells that one was marked before.
func (v *verifier) use(id, overflow uint64) bool {
	for n := id; n <= id+overflow; n++ {
		if bit := uint64(1) << (n % 64); v.used[n/64]&bit != 0 {
			return false
		} else {
			v.used[n/64] |= bit
		}
	}
	return true
}

// tree checks the pages under id, whose keys must lie in [from, to).
func (v *verifier) tree(id uint64, from, to []byte, depth int) error {
	p, err := v.read(id)
	if err != nil {
		return err
	}
	if !v.use(id, p.overflow) {
		return damaged("page %d is reached twice", id)
	}
	switch {
	case depth > maxTreeDepth:
		return damaged("the tree is deeper than %d", maxTreeDepth)
	case p.flags == flagLeaf:
		return v.leaf(&p, from, to)
	case p.flags != flagBranch || p.count == 0:
		return damaged("page %d is of no kind that belongs here", id)
	}
	e, err := p.element(0)
	if err != nil {
		return err
	}
	for i := range p.count {
		low, high := e.key, to
		child := e.child
		if i+1 < p.count {
			if e, err = p.element(i + 1); err != nil {
				return err
			}
			high = e.key
		}
		if err := inOrder(p.id, low, from, high); err != nil {
			return err
		}
		if err := v.tree(child, low, high, depth+1); err != nil {
			return err
		}
		from = low
	}
	return nil
}

func inOrder(id uint64, key, from, to []byte) error {
	if bytes.Compare(key, from) < 0 || to != nil && bytes.Compare(key, to) >= 0 {
		return damaged("page %d: keys out of order", id)
	}
	return nil
}

func (v *verifier) leaf(p *page, from, to []byte) error {
	if p.flags != flagLeaf {
		return damaged("page %d is of no kind that belongs here", p.id)
	}
	var last []byte
	for i := range p.count {
		e, err := p.element(i)
		if err != nil {
			return err
		}
		if e.bucket || i > 0 && bytes.Compare(e.key, last) <= 0 {
			return damaged("page %d: keys out of order", p.id)
		}
		if err := inOrder(p.id, e.key, from, to); err != nil {
			return err
		}
		if _, err := open(e.key, e.value); err != nil {
			return err
		}
		v.sum += weight(binary.BigEndian.Uint32(e.value[len(e.value)-checksumSize:]))
		last = e.key
	}
	return nil
}

// free checks that every page is either reached or listed as free.
func (v *verifier) free() error {
	if v.freelist == noFreelist {
		return nil
	}
	p, err := v.read(v.freelist)
	if err != nil {
		return err
	}
	if p.flags != flagFreelist || !v.use(p.id, p.overflow) {
		return damaged("page %d is not the list of free pages", p.id)
	}
	ids, count := p.data[pageHeader:], uint64(p.count)
	if p.count == math.MaxUint16 {
		count, ids = native.Uint64(ids), ids[8:]
	}
	if count > uint64(len(ids)/8) {
		return damaged("the list of free pages is cut short")
	}
	for ; count > 0; count-- {
		id := native.Uint64(ids)
		if ids = ids[8:]; id < 2 || id >= v.pages || !v.use(id, 0) {
			return damaged("page %d is listed as free and in use", id)
		}
	}
	for id := range v.pages {
		if v.used[id/64]&(1<<(id%64)) == 0 {
			return damaged("page %d is neither in use nor free", id)
		}
	}
	return nil
}
