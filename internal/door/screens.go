package door

import (
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/aashram-care/sangam/web"
)

// screens serves the built front end: /kiosk is kiosk.html, assets whose names carry a hash may be kept for ever.
type screens struct {
	files   fs.FS
	unbuilt []byte
}

func newScreens(files fs.FS) *screens {
	if files == nil {
		files = web.FS()
	}
	return &screens{files: files, unbuilt: web.Unbuilt()}
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
	page := c.Request.URL.Path == "/" || screenPath.MatchString(c.Request.URL.Path)
	if page {
		if name == "" {
			name = "index"
		}
		name += ".html"
	}
	content, err := fs.ReadFile(s.files, name)
	switch {
	case err == nil:
	case page && !s.built():
		c.Header("Cache-Control", "no-store")
		c.Data(http.StatusOK, "text/html; charset=utf-8", s.unbuilt)
		return
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
		noRoute(c)
		return
	default:
		noRoute(c) // a folder
		return
	}
	if hashedName.MatchString(name) && strings.HasPrefix(name, "assets/") {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		c.Header("Cache-Control", "no-cache")
	}
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	c.Data(http.StatusOK, kind, content)
}

func (s *screens) built() bool {
	_, err := fs.Stat(s.files, "index.html")
	return err == nil
}
