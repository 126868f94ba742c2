package api

// SignIns is the answer of GET /api/v1/sign-ins, newest first.
type SignIns struct {
	Rows   []SignIn    `json:"rows" nullable:"false" doc:"Of one: the last 50. Of all: the last time that each came in, and the last day that each was refused"`
	Locked []LockedOut `json:"locked" nullable:"false" doc:"Who must wait after wrong PINs, at some device"`
}

// SignIn is one time that somebody signed in, or the wrong PINs of a day from one device.
type SignIn struct {
	Staff   string `json:"staff" doc:"Id of the member of staff"`
	At      Time   `json:"at" format:"date-time" doc:"When they came in; of wrong PINs the last one"`
	Wrong   int    `json:"wrong" doc:"How many PINs were wrong that day from there; 0: they came in"`
	Screen  string `json:"screen,omitempty" example:"coordinator" doc:"Which screen asked"`
	Address string `json:"address,omitempty" example:"192.168.1.57" doc:"Of the device in the network"`
	Browser string `json:"browser,omitempty" example:"Chrome, Android" doc:"As the browser names itself and its system"`
	SeenAt  *Time  `json:"seenAt,omitempty" format:"date-time" doc:"When it was used last; on disk within ten minutes"`
	EndedAt *Time  `json:"endedAt,omitempty" format:"date-time" doc:"When they signed out"`
	Open    bool   `json:"open" doc:"They are signed in there now"`
	Watched bool   `json:"watched" doc:"A screen of it stands open now"`
}

// LockedOut is a member of staff who must wait.
type LockedOut struct {
	Staff string `json:"staff"`
	Until Time   `json:"until" format:"date-time"`
}

// DevicesNow is the answer of GET /api/v1/devices.
type DevicesNow struct {
	Rows []DeviceNow `json:"rows" nullable:"false"`
}

// DeviceNow is what the node knows of a device at this moment.
type DeviceNow struct {
	Device      string `json:"device" doc:"Id of the device"`
	Live        bool   `json:"live" doc:"Its screen stands open and hears the node"`
	HeardAt     *Time  `json:"heardAt,omitempty" format:"date-time" doc:"When it last showed that it hears the node; left out: not since the node started"`
	Tokens      int    `json:"tokens" doc:"Given by it today"`
	LastTokenAt *Time  `json:"lastTokenAt,omitempty" format:"date-time" doc:"By the clinic's clock"`
}
