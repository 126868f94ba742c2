// Package web carries the built screens inside the binary. It promises files and nothing else: no
// routes, no headers, no knowledge of who may open which screen. The screens are built by
// `make web` and are not in the repository, so a binary may have been compiled without them; Built
// tells, and Unbuilt is the page to serve instead.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

//go:embed unbuilt.html
var unbuilt []byte

// FS holds the build: <screen>.html at its root, and under assets/ the files whose names carry a
// hash of their content, which may therefore be cached for ever. It is never nil.
func FS() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // "dist" is a constant that is a valid path
	}
	return sub
}

// Built reports whether the screens were built before the binary was.
func Built() bool {
	_, err := fs.Stat(FS(), "index.html")
	return err == nil
}

// Unbuilt returns the page to serve in place of any screen while Built is false. It needs no other
// file. The caller owns the bytes.
func Unbuilt() []byte {
	return append([]byte(nil), unbuilt...)
}
