package door

// Answer turns an error of the domain into the problem that an operation of the node's own returns; any other error
// goes to the log and becomes `internal`.
func (d *Door) Answer(err error) error { return d.answer(err) }
