package door

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/aashram-care/sangam/web"
)

// screens serves the built front end: /kiosk is kiosk.html, assets whose names carry a hash may be kept for ever.
type screens struct {
	files   fs.FS
	unbuilt []byte

	mu    sync.Mutex
	ready map[string]*page // what was asked for before; bounded by the number of files
}

// page is one file as it is sent.
type page struct {
	plain, packed []byte // packed is nil where gzip saves nothing
	kind, tag     string
}

func newScreens(files fs.FS) *screens {
	if files == nil {
		files = web.FS()
	}
	return &screens{files: files, unbuilt: web.Unbuilt(), ready: map[string]*page{}}
}

var (
	screenPath = regexp.MustCompile(`^/[a-z][a-z0-9-]{0,31}/?$`)
	hashedName = regexp.MustCompile(`[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$`)
)

// serve answers what no route does.
func (s *screens) serve(c *gin.Context) {
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead || isAPI(c.Request.URL.Path) {
		noRoute(c)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+c.Request.URL.Path), "/")
	screen := c.Request.URL.Path == "/" || screenPath.MatchString(c.Request.URL.Path)
	if screen {
		if name == "" {
			name = "index"
		}
		name += ".html"
	}
	p, err := s.page(name)
	switch {
	case err == nil:
	case screen && !s.built():
		c.Header("Cache-Control", "no-store")
		c.Data(http.StatusOK, "text/html; charset=utf-8", s.unbuilt)
		return
	default: // also a folder, or a name that no file can have
		noRoute(c)
		return
	}
	if hashedName.MatchString(name) && strings.HasPrefix(name, "assets/") {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		c.Header("Cache-Control", "no-cache")
	}
	p.send(c)
}

func (s *screens) page(name string) (*page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.ready[name]; p != nil {
		return p, nil
	}
	content, err := fs.ReadFile(s.files, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	p := &page{plain: content, kind: mime.TypeByExtension(path.Ext(name)), tag: `"` + hex.EncodeToString(sum[:8]) + `"`}
	if p.kind == "" {
		p.kind = "application/octet-stream"
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(content); err == nil && w.Close() == nil && packed.Len() < len(content)*9/10 {
		p.packed = packed.Bytes()
	}
	s.ready[name] = p
	return p, nil
}

func (p *page) send(c *gin.Context) {
	c.Header("ETag", p.tag)
	c.Header("Vary", "Accept-Encoding")
	if c.Request.Header.Get("If-None-Match") == p.tag {
		c.Status(http.StatusNotModified)
		return
	}
	content := p.plain
	if p.packed != nil && strings.Contains(c.Request.Header.Get("Accept-Encoding"), "gzip") {
		c.Header("Content-Encoding", "gzip")
		content = p.packed
	}
	c.Data(http.StatusOK, p.kind, content)
}

// fontFaces gives the screens' Devanagari font to the pages that are written here: the box itself may have none.
func (s *screens) fontFaces() (css []byte) {
	for _, weight := range []string{"400", "700"} {
		files, _ := fs.Glob(s.files, "assets/noto-sans-devanagari-devanagari-"+weight+"-*.woff2") // the pattern is sound
		for _, file := range files {
			css = fmt.Appendf(css, "@font-face{font-family:\"Noto Sans Devanagari\";font-weight:%s;font-display:swap;src:url(/%s) format(\"woff2\");"+
				"unicode-range:U+0900-097F,U+1CD0-1CF9,U+200C-200D,U+20A8,U+20B9,U+25CC,U+A830-A839,U+A8E0-A8FF}\n", weight, file)
		}
	}
	return css
}

func (s *screens) built() bool {
	_, err := fs.Stat(s.files, "index.html")
	return err == nil
}
