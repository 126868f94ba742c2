package clinic

import "github.com/aashram-care/sangam/sync/record"

// Audience is everything that decides what a reader gets; readers of equal audience get equal bytes.
type Audience struct {
	View   string
	Role   Role
	Guruji record.ID // of a guruji
	Entry  record.ID // of a patient
}

// readableViews are the views a role may ask for, the first being its own.
var readableViews = map[Role][]string{
	RolePatient:      {ViewPatient},
	RoleKiosk:        {ViewKiosk, ViewBoard, ViewQueue},
	RoleBoard:        {ViewBoard, ViewQueue},
	RoleCoordinator:  {ViewCoordinator, ViewQueue, ViewBoard, ViewKiosk},
	RoleGuruji:       {ViewGuruji, ViewQueue, ViewBoard},
	RoleAdmin:        {ViewAdmin, ViewCoordinator, ViewQueue, ViewBoard, ViewKiosk},
	RoleCentralAdmin: {ViewCentre, ViewQueue, ViewBoard},
	RoleApp:          {ViewQueue, ViewBoard},
}

// Views are the views a role may read, its own first.
func Views(role Role) []string { return readableViews[role] }

// AudienceOf is the audience of an actor in a view, an *Error with CodeInvalid for a view that does not exist and
// with CodeForbidden for one that is not theirs. An empty view is their own.
func AudienceOf(a Actor, view string) (Audience, error) {
	views := readableViews[a.Role]
	if len(views) == 0 {
		return Audience{}, forbidden
	}
	if view == "" {
		view = views[0]
	}
	known := false
	for role, list := range readableViews {
		for _, v := range list {
			if v == view && role == a.Role {
				return Audience{View: view, Role: a.Role, Guruji: a.Guruji, Entry: a.Entry}, nil
			}
			known = known || v == view
		}
	}
	if !known {
		return Audience{}, refuse(CodeInvalid, "There is no view called %.32q.", view)
	}
	return Audience{}, &Error{Code: CodeForbidden, Message: "Your role may not see this view."}
}

// Actor is the reader as View knows one. Whoever looks at a board or a kiosk sees what these may, be they an admin.
func (a Audience) Actor() Actor {
	role := a.Role
	switch a.View {
	case ViewBoard:
		role = RoleBoard
	case ViewKiosk:
		role = RoleKiosk
	}
	return Actor{Role: role, Guruji: a.Guruji, Entry: a.Entry}
}

// audience is how an actor sees a row that an answer carries.
func (a Actor) audience() Audience {
	view := ""
	if views := readableViews[a.Role]; len(views) > 0 {
		view = views[0]
	}
	return Audience{View: view, Role: a.Role, Guruji: a.Guruji, Entry: a.Entry}
}

// carried are the kinds of records that the feed of a view carries beside its derived rows. Entries never are: their
// row is their face.
var carried = func() map[string]map[string]bool {
	public := []string{KindGuruji, KindDay, KindSetting, KindAnnouncement}
	staffed := append([]string{KindNotification, KindEmergency, KindAppointment, KindWaitlist, KindConsultation, KindAmendment, KindRemedy, KindTemplate, KindConflict}, public...)
	desk := append([]string{KindStaff, KindDevice, KindRequest, KindReceipt}, staffed...)
	sets := map[string]map[string]bool{}
	for view, kinds := range map[string][]string{
		ViewQueue: public, ViewBoard: public, ViewKiosk: append([]string{KindLease}, public...),
		ViewGuruji: append([]string{KindPerson, KindPrivateText}, staffed...), ViewCoordinator: desk, ViewAdmin: desk,
		ViewPatient: append([]string{KindRemedy, KindNotification}, public...),
		ViewCentre:  {KindSite, KindCentralStaff, KindAnnouncement, KindSiteStatus, KindRequest, KindConflict, KindReceipt, KindPolicy, KindTemplate},
	} {
		sets[view] = map[string]bool{}
		for _, kind := range kinds {
			sets[view][kind] = true
		}
	}
	return sets
}()

// Carries tells whether the feed of an audience carries records of a kind, as View shows them.
func (a Audience) Carries(kind string) bool { return carried[a.View][kind] }
