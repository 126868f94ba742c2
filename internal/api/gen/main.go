// Command gen writes docs/openapi.json and docs/asyncapi.json from the operations and shapes that the doors really
// offer. It is run from the root of the repository; the same source gives the same bytes.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aashram-care/sangam/hub"
	"github.com/aashram-care/sangam/internal/door"
)

func main() {
	dir := flag.String("dir", "docs", "where to write")
	flag.Parse()
	if err := write(*dir); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func write(dir string) error {
	for _, document := range []struct {
		name string
		make func() ([]byte, error)
	}{
		{"openapi.json", func() ([]byte, error) { return door.OpenAPI(hub.Routes) }},
		{"asyncapi.json", door.AsyncAPI},
	} {
		content, err := document.make()
		if err != nil {
			return fmt.Errorf("describe the contract: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, document.name), content, 0o644); err != nil {
			return fmt.Errorf("write %s: %w", document.name, err)
		}
	}
	return nil
}
