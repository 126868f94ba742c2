package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// MaxFrameBytes bounds a frame from a client.
const MaxFrameBytes = 64 << 10

// Names of frames, in the field "frame" of each.
const (
	FrameHello   = "hello"
	FrameChanges = "changes"
	FrameBeat    = "beat"
	FrameResult  = "result"
	FrameReset   = "reset"
	FrameBye     = "bye"
	FrameResume  = "resume"
	FrameAct     = "act"
	FramePong    = "pong"
)

// Clocks are the two clocks of a node: beats and data age run on the first, which is real; waits, timers and times
// of day on the second, whose speed is 1 but in a demo.
type Clocks struct {
	ServerTime  Time    `json:"serverTime" format:"date-time"`
	ClinicTime  Time    `json:"clinicTime" format:"date-time"`
	ClinicSpeed float64 `json:"clinicSpeed"`
}

// HelloFrame is the first frame of a socket.
type HelloFrame struct {
	Frame   string `json:"frame" enum:"hello"`
	Session string `json:"session" doc:"Names this socket"`
	Node    string `json:"node"`
	Boot    string `json:"boot"`
	Cursor  string `json:"cursor"`
	BeatMs  int64  `json:"beatMs" doc:"Beats come at least this often; two missed mean offline"`
	Clocks
}

// ChangesFrame carries what an audience has not had yet. Frames are chained: From is the last To, or the client
// drops the frame and resumes.
type ChangesFrame struct {
	Frame      string   `json:"frame" enum:"changes"`
	From       string   `json:"from"`
	To         string   `json:"to"`
	Events     []Event  `json:"events" nullable:"false"`
	EventsFrom *Time    `json:"eventsFrom,omitempty" format:"date-time"`
	Changes    []Change `json:"changes" nullable:"false"`
}

// BeatFrame says that the line lives. Cursor is To of the last changes frame sent on it.
type BeatFrame struct {
	Frame  string  `json:"frame" enum:"beat"`
	Cursor string  `json:"cursor"`
	Uplink *Uplink `json:"uplink" doc:"null at a hub"`
	Clocks
}

// ResultFrame answers an act frame.
type ResultFrame struct {
	Frame string `json:"frame" enum:"result"`
	Result
}

// ResetFrame tells a client to take a new snapshot.
type ResetFrame struct {
	Frame string `json:"frame" enum:"reset"`
	Why   string `json:"why"`
}

// ByeFrame is the last frame before the node closes a socket by intent.
type ByeFrame struct {
	Frame        string `json:"frame" enum:"bye"`
	Why          string `json:"why"`
	RetryAfterMs int64  `json:"retryAfterMs"`
}

// ResumeFrame asks to go on from a cursor.
type ResumeFrame struct {
	Frame  string `json:"frame" enum:"resume"`
	Cursor string `json:"cursor" maxLength:"512"`
}

// ActFrame sends one action; the answer is a ResultFrame with its id.
type ActFrame struct {
	Frame  string `json:"frame" enum:"act"`
	Action Action `json:"action"`
}

// PongFrame answers a beat, so that the node knows the client still reads.
type PongFrame struct {
	Frame string `json:"frame" enum:"pong"`
}

// Errors of DecodeClientFrame.
var (
	ErrFrameTooLarge  = errors.New("frame is over 64 KiB")
	ErrFrameMalformed = errors.New("frame is not one JSON object of the contract")
	ErrFrameUnknown   = errors.New("unknown frame")
)

// DecodeClientFrame reads one frame of a client: a ResumeFrame, ActFrame or PongFrame. Fields it does not know are
// tolerated; a frame it does not know is ErrFrameUnknown. The result shares no memory with data.
func DecodeClientFrame(data []byte) (any, error) {
	if len(data) > MaxFrameBytes {
		return nil, ErrFrameTooLarge
	}
	var head struct {
		Frame string `json:"frame"`
	}
	if err := decodeOne(data, &head); err != nil {
		return nil, err
	}
	switch head.Frame {
	case FrameResume:
		return decodeAs[ResumeFrame](data)
	case FrameAct:
		return decodeAct(data)
	case FramePong:
		return decodeAs[PongFrame](data)
	}
	return nil, fmt.Errorf("%w %.40q", ErrFrameUnknown, head.Frame)
}

// decodeAct takes an action that stands in the frame itself as well as one of its own: a client writes either.
func decodeAct(data []byte) (any, error) {
	var f struct {
		Action *Action `json:"action"`
	}
	if err := decodeOne(data, &f); err != nil {
		return nil, err
	}
	if f.Action != nil {
		return ActFrame{Frame: FrameAct, Action: *f.Action}, nil
	}
	var flat Action
	if err := decodeOne(data, &flat); err != nil {
		return nil, err
	}
	return ActFrame{Frame: FrameAct, Action: flat}, nil
}

func decodeAs[F any](data []byte) (any, error) {
	var f F
	if err := decodeOne(data, &f); err != nil {
		return nil, err
	}
	return f, nil
}

// decodeOne reads exactly one JSON object: text after it, a value that is no object, or letters that are not UTF-8 are
// malformed.
func decodeOne(data []byte, into any) error {
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' || !utf8.Valid(data) {
		return ErrFrameMalformed
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %v", ErrFrameMalformed, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return ErrFrameMalformed
	}
	return nil
}
