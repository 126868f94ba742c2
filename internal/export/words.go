package export

// words of the report, by language.
var words = map[string]map[string]string{
	"en": {
		"title": "Report of the day", "made": "made", "came": "came", "seen": "seen", "open": "still open", "noShow": "did not come",
		"left": "left", "gone": "cancelled", "emergencies": "emergencies", "byAppointment": "by appointment", "people": "People",
		"waits": "Waits until called, in minutes", "half": "half waited at most", "most": "8 of 10 waited at most", "longest": "longest wait",
		"service": "mean minutes with the guruji", "gurujis": "By guruji", "guruji": "guruji", "first": "first", "last": "last",
		"hours": "By the hour in which they came", "hour": "hour", "appointments": "Appointments", "all": "booked", "kept": "kept",
		"missed": "missed", "cancelled": "cancelled", "day": "The day", "opened": "opened", "closed": "closed", "sealed": "sealed",
		"nobody": "Nobody came on this day.", "wait": "half waited at most (min)",
	},
	"hi": {
		"title": "दिन का विवरण", "made": "तैयार किया गया", "came": "आए", "seen": "मिले", "open": "अभी बाक़ी", "noShow": "नहीं आए",
		"left": "चले गए", "gone": "रद्द", "emergencies": "आपातकालीन", "byAppointment": "बुकिंग से", "people": "लोग",
		"waits": "बुलाए जाने तक प्रतीक्षा, मिनटों में", "half": "आधे लोगों की प्रतीक्षा, अधिकतम", "most": "10 में से 8 की प्रतीक्षा, अधिकतम", "longest": "सबसे लंबी प्रतीक्षा",
		"service": "गुरुजी के साथ औसत मिनट", "gurujis": "गुरुजी के अनुसार", "guruji": "गुरुजी", "first": "पहला", "last": "अंतिम",
		"hours": "आने के समय के अनुसार", "hour": "समय", "appointments": "बुकिंग", "all": "कुल", "kept": "आए",
		"missed": "नहीं आए", "cancelled": "रद्द", "day": "दिन", "opened": "शुरू", "closed": "बंद", "sealed": "पक्का हुआ",
		"nobody": "इस दिन कोई नहीं आया।", "wait": "आधे लोगों की प्रतीक्षा, अधिकतम (मिनट)",
	},
}
