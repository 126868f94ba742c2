package demo

import "github.com/aashram-care/sangam/internal/api"

// zone is where all ashrams of the demo lie.
const zone = "Asia/Kolkata"

// PINs of the demo, one a role: they are printed, shown on the landing page and in the description.
var pins = map[string]string{
	"admin": "864209", "coordinator": "246810", "guruji": "135791", "central_admin": "975318",
}

const centralAdmin = "Anil Deo"

// person is somebody who works in the demo. Room is a guruji's.
type person struct{ role, name, room string }

// ashram is one site of the cast. The first of its staff sets it up.
type ashram struct {
	name   string
	visits int // people who come in a day
	staff  []person
}

// cast is everybody. The names are nobody's.
var cast = []ashram{
	{"सत्य निवास", 320, []person{
		{"admin", "Sunita Joshi", ""}, {"coordinator", "Prakash Rane", ""}, {"coordinator", "Lata Bhide", ""},
		{"guruji", "श्री सत्यानंद जी", "1"}, {"guruji", "Mata Ahilya", "2"}, {"guruji", "Shri Raghunath", "3"},
	}},
	{"Nirmal Dham", 380, []person{
		{"admin", "Meera Kelkar", ""}, {"coordinator", "Ashwini Sathe", ""}, {"coordinator", "Nitin Pawar", ""},
		{"guruji", "Shri Vasudev", "1"}, {"guruji", "श्री माधवनाथ जी", "2"}, {"guruji", "माता कमला देवी", "3"},
	}},
	{"Kapil Ashram", 280, []person{
		{"admin", "Hemant Gokhale", ""}, {"coordinator", "Rekha Naik", ""}, {"coordinator", "Suresh Mane", ""},
		{"guruji", "Shri Atmanand", "1"}, {"guruji", "श्री कपिलनाथ जी", "2"}, {"guruji", "माता सरस्वती देवी", "3"},
	}},
}

// users are the accounts of a site as the description names them.
func (a ashram) users() []api.DescribeUser {
	users := make([]api.DescribeUser, len(a.staff))
	for i, p := range a.staff {
		users[i] = api.DescribeUser{Role: p.role, Name: p.name, PIN: pins[p.role]}
	}
	return users
}
