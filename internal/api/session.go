package api

// SessionRequest is the body of POST /api/v1/session: exactly one way in.
type SessionRequest struct {
	_ struct{} `additionalProperties:"true"`

	User   string        `json:"user,omitempty" maxLength:"200" doc:"Name or id of a member of staff; with pin"`
	PIN    string        `json:"pin,omitempty" maxLength:"64" doc:"PIN of that member of staff"`
	Pair   string        `json:"pair,omitempty" maxLength:"64" doc:"Pair code of a device that an admin prepared"`
	Device *DeviceSignIn `json:"device,omitempty" doc:"A device asking to be let in, or asking again"`
	Link   string        `json:"link,omitempty" maxLength:"512" doc:"The signed patient link on a slip"`
}

// DeviceSignIn asks for a device session: first with kind and name, then with the request's id. A page that keeps that
// id goes on with its open request after a reload; on not_found it asks anew.
type DeviceSignIn struct {
	_ struct{} `additionalProperties:"true"`

	Kind      string `json:"kind,omitempty" enum:"kiosk,board,printer,browser" doc:"What the device is"`
	Name      string `json:"name,omitempty" maxLength:"100" doc:"What people call it"`
	RequestID string `json:"requestId,omitempty" maxLength:"64" doc:"Id from the first answer"`
}

// DevicePending is the 202 answer while an admin has not decided yet: the same for one request however often it is
// asked. Code is shown on the device and read out to the admin.
type DevicePending struct {
	RequestID string `json:"requestId" doc:"Secret of the device; it takes the session"`
	Code      string `json:"code"`
}

// DevicePrepare is the body of POST /api/v1/devices: an admin lets a device in before it asks, by kind and name, or lets
// one in again that lost its session, by its id.
type DevicePrepare struct {
	_ struct{} `additionalProperties:"true"`

	Kind   string `json:"kind,omitempty" enum:"kiosk,board" doc:"What the device is"`
	Name   string `json:"name,omitempty" maxLength:"100" doc:"What people call it"`
	Device string `json:"device,omitempty" maxLength:"64" doc:"Id of a device that was let in before and keeps its name and number"`
}

// DevicePrepared is the answer. The code is told once and kept nowhere but as a hash; the device gives it as pair.
type DevicePrepared struct {
	Device    string `json:"device" doc:"Id of the device"`
	Code      string `json:"code" doc:"Signs the device in, once"`
	ExpiresAt Time   `json:"expiresAt" format:"date-time"`
}

// AppRequest is the body of POST /api/v1/apps: an outside app that gets a key of its own.
type AppRequest struct {
	_ struct{} `additionalProperties:"true"`

	Name   string   `json:"name" minLength:"1" maxLength:"100"`
	Scopes []string `json:"scopes" minItems:"1" maxItems:"50" nullable:"false" doc:"What it may do: commands, an area and a star such as queue.*, events to post any event"`
}

// AppKey is the answer. The key works as a bearer; it is told once and kept nowhere but as a hash.
type AppKey struct {
	ID  string `json:"id"`
	Key string `json:"key"`
}

// App is an outside app whose key is good.
type App struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Scopes    []string `json:"scopes" nullable:"false"`
	CreatedAt Time     `json:"createdAt" format:"date-time"`
}

// Apps is the answer of GET /api/v1/apps.
type Apps struct {
	Apps []App `json:"apps" nullable:"false"`
}

// User is who a session belongs to.
type User struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Role     string `json:"role" enum:"patient,kiosk,board,coordinator,guruji,admin,central_admin,app"`
	GurujiID string `json:"gurujiId,omitempty" doc:"The guruji record of a member of staff who is one"`
	EntryID  string `json:"entryId,omitempty" doc:"The queue entry a patient link belongs to"`
	Device   string `json:"device,omitempty" doc:"The device this session runs on"`
}

// Session is the answer of a sign-in. Token works as a bearer wherever the cookie does.
type Session struct {
	Token     string `json:"token,omitempty" doc:"Bearer token; only in the answer that starts the session"`
	ExpiresAt *Time  `json:"expiresAt" format:"date-time" doc:"null: until revoked"`
	User      User   `json:"user"`
}

// SessionName is one line of the sign-in list.
type SessionName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role"`
}

// SessionNames is the answer of GET /api/v1/session/names.
type SessionNames struct {
	Names []SessionName `json:"names" nullable:"false"`
}

// SetupRequest is the body of POST /api/v1/setup; the answer is a Session.
type SetupRequest struct {
	_ struct{} `additionalProperties:"true"`

	Code  string     `json:"code" maxLength:"64" doc:"One-time setup code that the node printed"`
	Site  *SetupSite `json:"site,omitempty" doc:"Fills settings that are still empty; not at a hub"`
	Admin SetupAdmin `json:"admin"`
}

// SetupSite names a site at its first start.
type SetupSite struct {
	_ struct{} `additionalProperties:"true"`

	Name     string `json:"name" maxLength:"200"`
	Timezone string `json:"timezone" maxLength:"64" example:"Asia/Kolkata"`
}

// SetupAdmin is the first admin of a node.
type SetupAdmin struct {
	_ struct{} `additionalProperties:"true"`

	Name string `json:"name" maxLength:"200"`
	PIN  string `json:"pin" maxLength:"64"`
}
