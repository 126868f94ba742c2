package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/progress"
)

// bundleFlags are what export and import have in common.
type bundleFlags struct {
	data, file, output string
	in                 control.BundleRequest
}

func (b *bundleFlags) add(cmd *cobra.Command, file string) {
	f := cmd.Flags()
	f.StringVar(&b.data, "data", "", "data `directory` of the edge or hub")
	f.StringVar(&b.file, "file", "", file)
	f.StringVar(&b.in.Site, "site", "", "at a hub: `name` or id of the site")
	addOutput(f, &b.output)
}

// call runs an operation of an edge or a hub, whichever the directory belongs to.
func (b *bundleFlags) call(cmd *cobra.Command, op string, files control.Files) (out control.BundleResult, err error) {
	role, build, err := operationsOf(b.data)
	if err != nil {
		return out, err
	}
	return out, control.CallWithFiles(cmd.Context(), b.data, role, op, b.in, &out, build, files)
}

func newExport() *cobra.Command {
	var b bundleFlags
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write what the other end of the line lacks into a sealed file",
		Long: "Write a bundle: at a site for the centre, at the centre for one site. It works while the node runs or not.\n" +
			"Without --since it holds everything; with the cursor that sangam import printed, what is new since.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if b.data == "" || b.file == "" {
				return usage("--data DIR and --file FILE are needed")
			}
			out, err := writeWhole(b.file, func(to *os.File) (out control.BundleResult, err error) {
				bar := progress.New(os.Stderr)
				defer bar.End()
				return b.call(cmd, "bundle.export", control.Files{Out: to, Progress: func(done, total int) {
					bar.Show(share(int64(done), int64(total)), fmt.Sprintf("%d records", done))
				}})
			})
			if err != nil {
				return err
			}
			return print(b.output, out, func() {
				fmt.Printf("%s: %d records in %d bytes. On the other side: sangam import --data DIR --file FILE\n", b.file, out.Records, out.Bytes)
			})
		},
	}
	b.add(cmd, "`file` to write; it must not exist")
	cmd.Flags().StringVar(&b.in.Since, "since", "", "`cursor` that the other side's sangam import printed")
	return cmd
}

// writeWhole writes a file under another name first, so that one that bears its name is whole and on the disk.
func writeWhole[T any](path string, write func(*os.File) (T, error)) (out T, err error) {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return out, usage("--file %s exists already", path)
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*")
	if err != nil {
		return out, fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(file.Name()) // gone by then if all went well
	if out, err = write(file); err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return out, err
	}
	return out, os.Rename(file.Name(), path)
}

func newImport() *cobra.Command {
	var b bundleFlags
	cursorOnly := false
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Merge a sealed file of the other end of the line",
		Long: "Merge a bundle that sangam export wrote. It may be read again, after the line has worked, or after a newer one.\n" +
			"The cursor that is printed goes back with the stick: sangam export --since takes it.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if b.data == "" || b.file == "" && !cursorOnly {
				return usage("--data DIR and --file FILE, or --cursor, are needed")
			}
			if cursorOnly {
				out, err := b.call(cmd, "bundle.cursor", control.Files{})
				if err != nil {
					return err
				}
				return print(b.output, out, func() { fmt.Println(out.Cursor) })
			}
			file, err := os.Open(b.file)
			if err != nil {
				return usage("--file: %w", err)
			}
			defer file.Close()
			info, err := file.Stat()
			if err != nil {
				return fmt.Errorf("read %s: %w", b.file, err)
			}
			bar := progress.New(os.Stderr)
			defer bar.End()
			in := &countingReader{from: file, told: func(n int64) { bar.Show(share(n, info.Size()), fmt.Sprintf("%d of %d bytes", n, info.Size())) }}
			out, err := b.call(cmd, "bundle.import", control.Files{In: in})
			if err != nil {
				return err
			}
			bar.End()
			return print(b.output, out, func() {
				fmt.Printf("%d records, %d of them new here, %d kept aside.\nFor the next bundle: sangam export --since %s\n", out.Records, out.Applied, out.Parked, out.Cursor)
			})
		},
	}
	b.add(cmd, "`file` to read")
	cmd.Flags().BoolVar(&cursorOnly, "cursor", false, "only print the cursor for the next bundle")
	return cmd
}

type countingReader struct {
	from io.Reader
	n    int64
	told func(int64)
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	r.n += int64(n)
	r.told(r.n)
	return n, err
}

func share(done, total int64) float64 {
	if total <= 0 {
		return 1
	}
	return float64(done) / float64(total)
}
