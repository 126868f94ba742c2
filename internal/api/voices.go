package api

// Voices are the clips that a site speaks by itself; boards speak the program's own for all others.
type Voices struct {
	Voices []Voice `json:"voices" nullable:"false"`
}

// Voice is a clip of a site's own.
type Voice struct {
	Lang  string `json:"lang" enum:"hi,mr,en"`
	Clip  string `json:"clip" example:"17"`
	Tag   string `json:"tag" example:"2c26b46b68ffc68f" doc:"Another one whenever the clip sounds otherwise"`
	Bytes int    `json:"bytes"`
	SetAt Time   `json:"setAt" format:"date-time"`
}
