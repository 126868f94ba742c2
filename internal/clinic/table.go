package clinic

import "maps"

// table is every command there is: who may give it, what it answers, and who handles it.
var table map[string]spec

// The table is filled here and not where it is declared, since handlers look into it.
func init() {
	table = queueCommands()
	for _, more := range []map[string]spec{personCommands(), siteCommands(), centreCommands()} {
		maps.Copy(table, more)
	}
}

// queueCommands are what moves people through a day.
func queueCommands() map[string]spec {
	entry := EntryAnswer{}
	return map[string]spec{
		"queue.check_in":       command(desk|devices, CheckInAnswer{}, checkIn).creating(KindEntry),
		"queue.call_next":      command(floor, entry, callNext),
		"queue.call":           command(floor, entry, call),
		"queue.recall":         command(floor, entry, recall),
		"queue.no_answer":      command(floor, entry, noAnswer),
		"queue.hold":           command(floor, entry, hold),
		"queue.resume":         command(floor, entry, resume),
		"queue.start":          command(floor, entry, start),
		"queue.complete":       command(floor, entry, complete),
		"queue.cancel":         command(desk, entry, cancel),
		"queue.leave":          command(floor|visitors, entry, leave),
		"queue.no_show":        command(floor, entry, noShow),
		"queue.reinstate":      command(floor, entry, reinstate),
		"queue.transfer":       command(floor|visitors, entry, transfer),
		"queue.prioritise":     command(floor, entry, prioritise),
		"queue.undo":           command(floor, entry, undo),
		"queue.join_waitlist":  command(desk|devices, WaitlistAnswer{}, joinWaitlist).creating(KindWaitlist),
		"queue.admit":          command(desk, CheckInAnswer{}, admit).creating(KindEntry),
		"queue.leave_waitlist": command(desk, RecordAnswer{}, leaveWaitlist),
		"queue.lease_tokens":   command(devices, LeaseAnswer{}, leaseTokens).creating(KindLease),

		"guruji.set_availability": command(floor, RecordAnswer{}, setAvailability),
		"guruji.set_room":         command(floor, RecordAnswer{}, setRoom),
		"guruji.set_capacity":     command(desk, RecordAnswer{}, setCapacity),

		"day.open":       command(desk, RecordAnswer{}, openDay),
		"day.close":      command(desk, RecordAnswer{}, closeDay),
		"day.seal":       command(admins, RecordAnswer{}, sealDay),
		"day.set_intake": command(desk, RecordAnswer{}, setIntake),
	}
}

// personCommands are about people, and what is said, given and told to them.
func personCommands() map[string]spec {
	appointment := AppointmentAnswer{}
	return map[string]spec{
		"person.register":       command(desk, PersonAnswer{}, registerPerson).creating(KindPerson),
		"person.update":         command(desk, RecordAnswer{}, updatePerson),
		"person.link_family":    command(desk, RecordAnswer{}, linkFamily),
		"person.record_consent": command(desk|devices|visitors, RecordAnswer{}, recordConsent),
		"person.merge":          command(desk, RecordAnswer{}, mergePersons),
		"person.export":         command(box|healers, PersonExport{}, exportPerson),
		"person.history":        command(healers, PersonExport{}, personHistory),
		"person.erase":          command(box, RecordAnswer{}, erasePerson),

		"appointment.book":       command(desk, appointment, book).creating(KindAppointment),
		"appointment.confirm":    command(desk, appointment, confirm),
		"appointment.reschedule": command(desk, appointment, reschedule),
		"appointment.cancel":     command(desk, appointment, cancelAppointment),
		"appointment.no_show":    command(desk, appointment, missAppointment),
		"appointment.remind":     command(desk, appointment, remind),

		"consultation.note":  command(healers, RecordAnswer{}, note),
		"consultation.amend": command(healers, RecordAnswer{}, amend).creating(KindAmendment),
		"remedy.prescribe":   command(healers, RecordAnswer{}, prescribe).creating(KindRemedy),
		"remedy.update":      command(healers, RecordAnswer{}, updateRemedy),
		"remedy.deliver":     command(floor, RecordAnswer{}, deliverRemedy),
		"remedy.complete":    command(floor, RecordAnswer{}, completeRemedy),

		"notification.send":   command(floor, RecordAnswer{}, sendNotification).creating(KindNotification),
		"notification.read":   command(inside|visitors, RecordAnswer{}, readNotification),
		"notification.delete": command(floor|visitors, RecordAnswer{}, deleteNotification),
	}
}

// siteCommands are about the site itself.
func siteCommands() map[string]spec {
	return map[string]spec{
		"staff.create":    command(admins, StaffAnswer{}, createStaff).creating(KindStaff).withSecret().atBoth(),
		"staff.update":    command(admins, RecordAnswer{}, updateStaff).atBoth(),
		"staff.disable":   command(admins, RecordAnswer{}, disableStaff).atBoth(),
		"staff.reset_pin": command(admins, RecordAnswer{}, resetPIN).withSecret().atBoth(),

		"device.request": command(anyone, RecordAnswer{}, requestDevice).creating(KindDevice).withSecret(),
		"device.approve": command(box, RecordAnswer{}, approveDevice),
		"device.revoke":  command(admins, RecordAnswer{}, revokeDevice),

		"setting.update": command(admins, RecordAnswer{}, updateSetting),

		"voice.set":    command(box, RecordAnswer{}, setVoice),
		"voice.remove": command(box, RecordAnswer{}, removeVoice),

		"emergency.raise":   command(floor|devices|visitors, RecordAnswer{}, raiseEmergency).creating(KindEmergency),
		"emergency.resolve": command(floor, RecordAnswer{}, resolveEmergency),

		"conflict.settle": command(inside, RecordAnswer{}, settleConflict),

		"data.export": command(desk|healers, RecordAnswer{}, exportData).atBoth(),
		"data.forget": command(box, ForgetAnswer{}, forgetData),
	}
}

// centreCommands are those of the centre, and the one by which a site answers them.
func centreCommands() map[string]spec {
	return map[string]spec{
		"site.enrol":      command(centre, RecordAnswer{}, enrolSite).creating(KindSite).withSecret().atCentre(),
		"site.revoke":     command(centre, RecordAnswer{}, revokeSite).atCentre(),
		"site.rotate_key": command(centre, RecordAnswer{}, rotateKey).atCentre(),

		"announcement.publish":     command(centre, RecordAnswer{}, publish).creating(KindAnnouncement).atCentre(),
		"announcement.withdraw":    command(centre, RecordAnswer{}, withdraw).atCentre(),
		"announcement.acknowledge": command(inside, RecordAnswer{}, acknowledge),
		"template.save":            command(centre, RecordAnswer{}, saveTemplate).creating(KindTemplate).atCentre(),
		"policy.save":              command(centre, RecordAnswer{}, savePolicy).atCentre(),

		"request.send": command(centre, RecordAnswer{}, sendRequest).creating(KindRequest).atCentre(),
	}
}
