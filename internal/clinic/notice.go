package clinic

// Notice is what a site says about the personal data that it keeps.
type Notice struct {
	Site    string
	Version string // that a consent names; empty while the centre has given none
	// KeepDays is after how many days what is personal may be emptied; 0: it is kept until somebody asks.
	KeepDays int
	// TextStays: what a guruji writes never leaves the site.
	TextStays bool
}

// Notice is the one in force.
func (d *Day) Notice() Notice {
	return Notice{d.settings.Name, d.policy("consentNotice").Text(), d.settings.KeepContentDays, d.healthTextStays()}
}
