// Package bolt is the default store of a node: one bbolt file under the feed
// rules.
//
// It promises that a transaction that returned nil is on the disk, that one
// process at a time writes, that every row is checked when it is read, and
// that a damaged, locked, newer or replaced file is a message that says what
// to do, never a crash and never a silent loss: each row carries a checksum,
// the file carries the sum of them all, and both are compared with the pages
// at open whenever the last close was not clean, and for files small enough
// to be read in a moment always.
//
// It refuses to know records and rules beyond minting timelines at open, to
// publish anything, and to shrink a file.
package bolt
