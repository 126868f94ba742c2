// Package feed holds every rule by which a store of records becomes a feed
// that others can follow: sequence numbers, timelines, cursors, echo marks,
// conflict records, indexes, digests and the backlog, all as functions over
// a small transaction, so that the simulator proves what the program runs.
//
// It promises that reading since a cursor yields every record changed after
// it, once, as it is now; that a cursor can be resumed after any restart,
// restore or clone of either side without losing what survives anywhere; and
// that all rows it keeps about a record change in the transaction that
// changes the record.
//
// It refuses to know stores, files, networks, clocks and the domain, and it
// never starts a transaction: whoever calls commits.
//
// Keys whose first byte is below FreeKeys belong to this package. All others
// are free for the caller's own rows in the same transaction.
package feed
