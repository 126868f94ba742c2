// Package record holds the unit of replication: a record, a small
// state-based CRDT whose fields carry stamps and merge by the policy that a
// Schema gives them.
//
// It promises that merging is commutative, associative and idempotent (the
// listings of conflicts apart: which two states met is history), that a local
// edit always wins over what its author could see, that a value dropped for
// one whose author had not seen it is listed inside the record, and that a
// completion is never hidden by a put-back that did not know of it. Decoders
// check every length against a limit before they allocate.
//
// It refuses to know clocks, stores, scopes, sequence numbers or the domain:
// time, writer and schema are arguments.
package record
