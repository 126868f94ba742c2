package record

// Schema says, for each kind of record, what its fields are and how they
// merge. Kinds and fields it does not know are kept, merged by the greatest
// stamp and passed on.
type Schema map[string]KindSchema

// ScopeClass tells which kind of scope a record lives in.
type ScopeClass uint8

// The classes of scope.
const (
	Site ScopeClass = iota
	Network
	Local
)

// Policy tells which of two values of a field is kept.
type Policy uint8

// The policies.
const (
	// LWW keeps the value with the greatest stamp.
	LWW Policy = iota
	// Once keeps the value with the least stamp; a local edit of a set field
	// is refused. Only for facts whose writer is unique.
	Once
	// StatusPolicy keeps the greatest of (generation, rank, stamp).
	StatusPolicy
	// Grow keeps the union of id-keyed items.
	Grow
)

// KindSchema describes one kind of record.
type KindSchema struct {
	Scope   ScopeClass
	HasDay  bool // records of this kind belong to a service-day
	Fields  map[string]FieldSchema
	Status  *StatusSchema // nil: the kind has no status
	Indexes []Index
}

// FieldSchema describes one field.
type FieldSchema struct {
	Policy Policy
}

// StatusSchema describes the status field of a kind.
type StatusSchema struct {
	Field    string
	Ranks    []string // low to high
	Terminal []string
	// Completed is the status whose every occurrence is also an item of the
	// grow field Completions; the grow field PutBacks lists those undone.
	// All three are empty when the kind has no such promise.
	Completed, Completions, PutBacks string
}

// Index is a look-up by the canonical values of some fields. A status field
// stands in it as the Text of the shown status' name.
type Index struct {
	Name   string
	Fields []string
}

// Rank returns the rank of a status name, -1 when unknown.
func (s *StatusSchema) Rank(name string) int {
	for i, n := range s.Ranks {
		if n == name {
			return i
		}
	}
	return -1
}

// IsTerminal tells whether a status ends the record's story.
func (s *StatusSchema) IsTerminal(name string) bool {
	for _, n := range s.Terminal {
		if n == name {
			return true
		}
	}
	return false
}

func (s Schema) policy(kind, field string) Policy {
	if field == ConflictsField {
		return Grow
	}
	return s[kind].Fields[field].Policy
}

// Shown returns the status that people see: the stored one, unless a
// completion is held that no put-back lists. It is the zero Status when the
// kind or the record has none.
func (s Schema) Shown(r *Record) Status {
	st := s[r.Kind].Status
	if st == nil {
		return Status{}
	}
	stored, _ := r.Get(st.Field).Status()
	if st.Completed != "" && stored.Name != st.Completed && len(unlisted(st, r)) > 0 {
		stored.Name = st.Completed
	}
	return stored
}

// unlisted returns the completions of r that no put-back lists.
func unlisted(st *StatusSchema, r *Record) []ID {
	if st.Completions == "" {
		return nil
	}
	listed := r.Items(st.PutBacks)
	var open []ID
	for _, c := range r.Items(st.Completions) {
		if _, ok := findItem(listed, c.ID); !ok {
			open = append(open, c.ID)
		}
	}
	return open
}
