// Package simulation plays sites, a hub and a bad line in virtual time, from a seed, and judges what came of it.
//
// It runs the feed and the link of the program, not copies of them, over a store in memory that crashes at its write
// barriers, goes back to old copies and is cloned. What should be there is worked out by an oracle that knows the raw
// edits alone: every state of a record stands for a set of them, sets are united and nothing else, and no code of
// merge, feed or cursor takes part. A seed plays the same way each time, so that whoever sees it fail can watch it.
//
// It refuses to judge time on a real machine, a real Redis, the seal's strength and the rules of the domain. Copying a
// running machine with its memory is outside of what the link promises, and is not played.
package simulation
