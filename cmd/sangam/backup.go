package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/progress"
)

// backupSaid is what the commands around backups answer.
type backupSaid struct {
	control.Backup
	File      string `json:"file"`
	Encrypted bool   `json:"encrypted"`
}

func newBackup() *cobra.Command {
	var data, file, output string
	var keys, keyFiles []string
	cmd := &cobra.Command{
		Use:   "backup",
		Short: "Copy all that a node knows into one file, while it runs or not, and read it again",
		Long: "Write a backup: a tar file with the store, which is checked page by page once it is on the disk. Names, phone numbers,\n" +
			"health notes and the keys of the line are in it: encrypt it for the public key of somebody who is not at the box\n" +
			"(--recipient age1..., of age-keygen), or keep it as carefully as the box.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if data == "" || file == "" {
				return usage("--data DIR and --file FILE are needed")
			}
			to, err := control.Recipients(keys, keyFiles)
			if err != nil {
				return usage("--recipient: %w", err)
			}
			role, build, err := operationsOf(data)
			if err != nil {
				return err
			}
			b, err := writeWhole(file, func(out *os.File) (control.Backup, error) {
				bar := progress.New(os.Stderr)
				defer bar.End()
				return control.WriteBackup(cmd.Context(), data, role, build, out, to, showBytes(bar))
			})
			if err != nil {
				return err
			}
			return print(output, backupSaid{b, file, len(to) > 0}, func() {
				fmt.Printf("%s: %s as of %s, %d bytes, read again and sound.\n", file, b.Title(), b.At.Local().Format(time.DateTime), b.Bytes)
				if len(to) == 0 {
					fmt.Fprintln(os.Stderr, "It is not encrypted: whoever has this file has everything. See --recipient.")
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&data, "data", "", "data `directory` of the edge or hub")
	f.StringVar(&file, "file", "", "`file` to write; it must not exist")
	f.StringSliceVar(&keys, "recipient", nil, "public `key` of age to encrypt it for; may be given more than once")
	f.StringSliceVar(&keyFiles, "recipients-file", nil, "`file` with public keys of age, one a line")
	addOutput(f, &output)
	cmd.AddCommand(newBackupCheck())
	return cmd
}

func newBackupCheck() *cobra.Command {
	var file, identity, output string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Read a backup to its last byte and tell what it is",
		RunE: func(*cobra.Command, []string) error {
			from, with, err := openBackup(file, identity)
			if err != nil {
				return err
			}
			defer from.Close()
			b, err := control.CheckBackup(from, with...)
			if err != nil {
				return wrongKey(err)
			}
			return print(output, backupSaid{b, file, len(with) > 0}, func() {
				fmt.Printf("%s: %s as of %s, %d bytes, sound.\n", file, b.Title(), b.At.Local().Format(time.DateTime), b.Bytes)
			})
		},
	}
	addBackupFile(cmd, &file, &identity)
	addOutput(cmd.Flags(), &output)
	return cmd
}

func newRestore() *cobra.Command {
	var file, identity, output string
	var r control.Restore
	cmd := &cobra.Command{
		Use:   "restore",
		Short: "Put a backup into a data directory whose node is stopped",
		Long: "The backup is read to its end before anything is touched. A directory that holds the data of a node is refused unless\n" +
			"--replace is given; what lay there is then kept under other names. The file tokens on the box stays as it is, so\n" +
			"that no token is given twice. What a linked site lacks afterwards comes back from the centre, and the other way round.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if r.Dir == "" {
				return usage("--data DIR is needed")
			}
			var err error
			if r.From, r.With, err = openBackup(file, identity); err != nil {
				return err
			}
			defer r.From.Close()
			bar := progress.New(os.Stderr)
			defer bar.End()
			r.Progress = showBytes(bar)
			out, err := r.Run(cmd.Context())
			if err != nil {
				return wrongKey(err)
			}
			bar.End()
			return print(output, out, func() {
				fmt.Printf("%s is %s as of %s.\n", out.Dir, out.Title(), out.At.Local().Format(time.DateTime))
				if len(out.Aside) > 0 {
					fmt.Printf("What lay there is kept: %s\n", strings.Join(out.Aside, ", "))
				}
				fmt.Println("Start the node; sangam link shows what comes back from the other end of the line.")
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&r.Dir, "data", "", "data `directory`; made when it is missing")
	f.BoolVar(&r.Replace, "replace", false, "set a store aside that is there already")
	addBackupFile(cmd, &file, &identity)
	addOutput(f, &output)
	return cmd
}

func addBackupFile(cmd *cobra.Command, file, identity *string) {
	cmd.Flags().StringVar(file, "file", "", "`file` that sangam backup wrote")
	cmd.Flags().StringVar(identity, "identity", "", "`file` with the secret key of age, for an encrypted one")
}

func openBackup(file, identity string) (from *os.File, with []age.Identity, err error) {
	if file == "" {
		return nil, nil, usage("--file FILE is needed")
	}
	if identity != "" {
		if with, err = control.ReadKeys(identity); err != nil {
			return nil, nil, usage("--identity: %w", err)
		}
	}
	if from, err = os.Open(file); err != nil {
		return nil, nil, usage("--file: %w", err)
	}
	return from, with, nil
}

// wrongKey makes a missing or a wrong key a wrong usage.
func wrongKey(err error) error {
	if errors.Is(err, control.ErrEncrypted) || errors.Is(err, control.ErrOtherKey) {
		return &usageError{err}
	}
	return err
}

func showBytes(bar *progress.Bar) func(done, total int) {
	return func(done, total int) {
		bar.Show(share(int64(done), int64(total)), fmt.Sprintf("%d of %d bytes", done, total))
	}
}
