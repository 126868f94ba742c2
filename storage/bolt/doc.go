// Package bolt is the default store of a node: one bbolt file under the feed
// rules, with a log in front of it.
//
// A transaction is appended to the log, synced once and shown to readers as a
// layer of rows above the file; layers are folded into the file in the
// background, and all of the log at Close, which leaves one file. Open reads
// what a crash left in the log.
//
// It promises that a transaction that returned nil is on the disk, that one
// process at a time writes, that every row is checked when it is read from
// the file, and that a damaged, locked, newer or replaced file or log is a
// message that says what to do, never a crash and never a silent loss: each
// row carries a checksum, the file carries the sum of them all, and both are
// compared with the pages at open whenever the last close was not clean, and
// for files small enough to be read in a moment always; the lines of the log
// are numbered without gaps. After a failed sync nothing is committed any
// more until the store is opened again.
//
// It refuses to know records and rules beyond minting timelines at open, to
// publish anything, and to shrink a file.
package bolt
