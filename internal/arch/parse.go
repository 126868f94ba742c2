package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strconv"
	"strings"
)

// Parse reads one Go file without resolving anything, so that a file which does not compile yet is judged all the same.
func Parse(name string, text []byte) (Source, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
	if err != nil {
		return Source{}, fmt.Errorf("parse %s: %w", name, err)
	}
	source := Source{Path: name, Package: file.Name.Name}
	local := map[string]string{}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return Source{}, fmt.Errorf("parse %s: import %s: %w", name, spec.Path.Value, err)
		}
		source.Imports = append(source.Imports, imported)
		local[localName(spec, imported)] = imported
	}
	reader := useReader{files: files, local: local}
	ast.Walk(reader.in(&source, false), file)
	return source, nil
}

func localName(spec *ast.ImportSpec, imported string) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	return path.Base(imported)
}

// useReader walks a file and notes the uses that some rule asks about.
type useReader struct {
	files  *token.FileSet
	local  map[string]string // name in this file -> import path
	source *Source
	fake   bool
}

func (r useReader) in(source *Source, fake bool) useReader {
	r.source, r.fake = source, fake
	return r
}

func (r useReader) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.GoStmt:
		r.note(n, "go")
	case *ast.CallExpr:
		if name, qualified := r.qualified(n.Fun); qualified && name == "testing/synctest.Test" {
			return r.in(r.source, true)
		}
	case *ast.SelectorExpr:
		if name, qualified := r.qualified(n); qualified {
			r.note(n, name)
		} else if isSkip(n) {
			r.note(n, "t.Skip")
		}
	}
	return r
}

// qualified returns "import/path.Name" for an identifier of an imported package.
func (r useReader) qualified(e ast.Expr) (string, bool) {
	selector, ok := e.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	x, ok := selector.X.(*ast.Ident)
	if !ok {
		return "", false
	}
	imported, ok := r.local[x.Name]
	return imported + "." + selector.Sel.Name, ok
}

// isSkip goes by the customary names of a testing.TB, since nothing here knows types.
func isSkip(n *ast.SelectorExpr) bool {
	x, ok := n.X.(*ast.Ident)
	return ok && strings.HasPrefix(n.Sel.Name, "Skip") && (x.Name == "t" || x.Name == "b" || x.Name == "f" || x.Name == "tb")
}

func (r useReader) note(n ast.Node, what string) {
	r.source.Uses = append(r.source.Uses, Use{What: what, Line: r.files.Position(n.Pos()).Line, Fake: r.fake})
}
