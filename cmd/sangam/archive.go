package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/aashram-care/sangam/internal/control"
)

// archiveSaid is what the commands around archives answer. A file that cannot be read says why in Problem.
type archiveSaid struct {
	control.Archive
	File    string `json:"file"`
	Problem string `json:"problem,omitempty"`
}

func (a archiveSaid) sentence() string {
	if a.Problem != "" {
		return fmt.Sprintf("%s: %s", a.File, a.Problem)
	}
	return fmt.Sprintf("%s: %d records of %s of the site %s, kept on %s, sound.", a.File, a.Records, a.Month, a.Name, a.At.Local().Format(time.DateTime))
}

func newArchive() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "archive",
		Short: "List, check and print the archives of what a site has emptied",
		Long: "A site that runs with --archive DIR writes what is personal in old days into a file there, encrypted, and reads it again\n" +
			"before it empties them. These commands open such files with the secret key.",
	}
	cmd.AddCommand(newArchiveList(), newArchiveCheck(), newArchivePrint())
	return cmd
}

func newArchiveList() *cobra.Command {
	var dir, identity, output string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Read all archives of a folder to their last byte and tell what they are",
		RunE: func(*cobra.Command, []string) error {
			if dir == "" {
				return usage("--archive DIR is needed")
			}
			files, err := filepath.Glob(filepath.Join(dir, control.ArchiveFiles))
			if err != nil {
				return usage("--archive: %w", err)
			}
			all, bad := []archiveSaid{}, 0
			for _, file := range files {
				said, err := readArchive(file, identity, func([]byte) error { return nil })
				if err != nil {
					said.Problem = err.Error()
					bad++
				}
				all = append(all, said)
			}
			err = print(output, all, func() {
				for _, said := range all {
					fmt.Println(said.sentence())
				}
			})
			if bad > 0 {
				return errors.Join(err, fmt.Errorf("%d of %d archives could not be read", bad, len(all)))
			}
			return err
		},
	}
	cmd.Flags().StringVar(&dir, "archive", "", "`directory` of the archives")
	cmd.Flags().StringVar(&identity, "identity", "", "`file` with the secret key of age")
	addOutput(cmd.Flags(), &output)
	return cmd
}

func newArchiveCheck() *cobra.Command {
	var file, identity, output string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Read an archive to its last byte and tell what it is",
		RunE: func(*cobra.Command, []string) error {
			said, err := readArchive(file, identity, func([]byte) error { return nil })
			if err != nil {
				return err
			}
			return print(output, said, func() { fmt.Println(said.sentence()) })
		},
	}
	addArchiveFile(cmd, &file, &identity)
	addOutput(cmd.Flags(), &output)
	return cmd
}

func newArchivePrint() *cobra.Command {
	var file, identity string
	cmd := &cobra.Command{
		Use:   "print",
		Short: "Print the records of an archive, one a line as JSON",
		RunE: func(*cobra.Command, []string) error {
			// Nothing is printed of an archive that is not what was written.
			if _, err := readArchive(file, identity, func([]byte) error { return nil }); err != nil {
				return err
			}
			out := bufio.NewWriter(os.Stdout)
			_, err := readArchive(file, identity, func(line []byte) error {
				_, err := fmt.Fprintf(out, "%s\n", line)
				return err
			})
			return errors.Join(err, out.Flush())
		},
	}
	addArchiveFile(cmd, &file, &identity)
	return cmd
}

func addArchiveFile(cmd *cobra.Command, file, identity *string) {
	cmd.Flags().StringVar(file, "file", "", "`file` of the archive")
	cmd.Flags().StringVar(identity, "identity", "", "`file` with the secret key of age")
}

func readArchive(file, identity string, visit func([]byte) error) (archiveSaid, error) {
	from, with, err := openBackup(file, identity)
	if err != nil {
		return archiveSaid{File: file}, err
	}
	defer from.Close()
	about, err := control.ReadArchive(from, with, visit)
	return archiveSaid{Archive: about, File: file}, wrongKey(err)
}
