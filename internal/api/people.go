package api

// PersonRow is somebody the site knows, as far as the asking role may see them.
type PersonRow struct {
	ID         string        `json:"id"`
	Name       string        `json:"name" example:"Usha Patil"`
	Phone      string        `json:"phone,omitempty" example:"919822012345"`
	Phones     []string      `json:"phones,omitempty" doc:"Further numbers"`
	BirthYear  int           `json:"birthYear,omitempty" example:"1961"`
	Gender     string        `json:"gender,omitempty" example:"female"`
	Place      string        `json:"place,omitempty" example:"Nashik"`
	Language   string        `json:"language,omitempty" example:"mr"`
	Guardian   string        `json:"guardian,omitempty" example:"Mohan"`
	Alike      string        `json:"alike,omitempty" doc:"Id of somebody who may be the same"`
	Family     []RelativeRow `json:"family" nullable:"false"`
	Consents   []ConsentRow  `json:"consents" nullable:"false" doc:"All they ever agreed to or took back, the last word of each purpose counts"`
	Registered *Time         `json:"registeredAt,omitempty" format:"date-time"`
	Upcoming   []UpcomingRow `json:"upcoming" nullable:"false" doc:"Appointments that are still to come"`
	Visits     []VisitRow    `json:"visits" nullable:"false" doc:"The last three days on which they had a token, the latest first"`
}

// RelativeRow is what another person is to this one.
type RelativeRow struct {
	Person   string `json:"person" doc:"Id of the relative, who they became where two were merged"`
	Name     string `json:"name,omitempty" example:"Sita Patil" doc:"Absent when nothing is known here of the relative"`
	Relation string `json:"relation" example:"parent" doc:"What the relative is to the person"`
	Guardian bool   `json:"guardian,omitempty" doc:"They decide for the person"`
	Proxy    bool   `json:"proxy,omitempty" doc:"They register and book for the person"`
}

// ConsentRow is one time that somebody agreed to something, or took it back.
type ConsentRow struct {
	Purpose string `json:"purpose" example:"care"`
	Given   bool   `json:"given"`
	Notice  string `json:"notice,omitempty" example:"3"`
	At      *Time  `json:"at" format:"date-time"`
}

// UpcomingRow is an appointment of theirs.
type UpcomingRow struct {
	ID        string `json:"id"`
	Guruji    string `json:"guruji"`
	Slot      *Time  `json:"slot" format:"date-time"`
	Status    string `json:"status" example:"booked"`
	Reference string `json:"reference,omitempty" example:"482913"`
}

// VisitRow is a day on which somebody had a token.
type VisitRow struct {
	Day    string `json:"day" example:"2026-11-23" doc:"Service-day"`
	Guruji string `json:"guruji"`
	Status string `json:"status" example:"done"`
}

// People is the answer of GET /api/v1/people, those who fit best first.
type People struct {
	People []PersonRow `json:"people" nullable:"false"`
	More   bool        `json:"more,omitempty" doc:"There are others: say more of the name"`
}
