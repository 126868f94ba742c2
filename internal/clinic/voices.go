package clinic

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aashram-care/sangam/sync/record"
)

// A sound is kept in pieces, since a record is small.
const (
	MaxSoundBytes   = 250_000 // of one clip
	SoundPieceBytes = 60_000
)

// VoiceLangs are the languages that boards speak.
var VoiceLangs = []string{"hi", "mr", "en"}

// voicePhrases are the clips of a language besides its letters and the numbers from 0 to 99.
var voicePhrases = map[string][]string{
	"hi": {"hundred", "token", "room", "come", "desk", "board"},
	"mr": {"hundred", "one_hundred", "token", "room", "come", "desk", "board"},
	"en": {"hundred", "token", "room", "desk", "board"},
}

// VoiceClips are the names of the clips that boards put their calls of a language together from: none for a language
// they do not speak.
func VoiceClips(lang string) []string {
	phrases, ok := voicePhrases[lang]
	if !ok {
		return nil
	}
	var clips []string
	for letter := 'a'; letter <= 'z'; letter++ {
		clips = append(clips, string(letter))
	}
	for number := range 100 {
		clips = append(clips, strconv.Itoa(number))
	}
	return append(clips, phrases...)
}

// VoiceID is the id of the record that says which sound is spoken for a clip.
func VoiceID(lang, clip string) record.ID { return record.Derive(KindVoice, lang, clip) }

// SoundID is the id of one piece of a sound, counted from 0, by the SHA-256 of the whole in hexadecimal digits.
func SoundID(sound string, piece int) record.ID {
	return record.Derive(KindSound, sound, strconv.Itoa(piece))
}

// SoundEdits keep a sound, to be named by a voice.set. The first piece says what the whole is.
func SoundEdits(sound, kind string, content []byte) []record.Edit {
	var edits []record.Edit
	for piece := range slices.Chunk(content, SoundPieceBytes) {
		set := fields{"data": record.Bytes(piece)}
		if len(edits) == 0 {
			set["type"], set["bytes"] = record.Text(kind), record.Int(int64(len(content)))
		}
		edits = append(edits, record.Edit{Kind: KindSound, ID: SoundID(sound, len(edits)), Set: set})
	}
	return edits
}

// LoadSound joins the pieces of a sound that load finds. The error says that some are missing.
func LoadSound(load func(record.ID) (record.Record, error), sound string, bytes int64) ([]byte, error) {
	content := make([]byte, 0, min(bytes, MaxSoundBytes))
	for piece := 0; int64(len(content)) < bytes; piece++ {
		r, err := load(SoundID(sound, piece))
		if err != nil {
			return nil, err
		}
		data := r.Get("data").Bytes()
		if len(data) == 0 {
			return nil, fmt.Errorf("piece %d of the sound %s is missing", piece, sound)
		}
		content = append(content, data...)
	}
	return content, nil
}

// VoiceSet is the data of voice.set.
type VoiceSet struct {
	Lang  string `json:"lang" enum:"hi,mr,en"`
	Clip  string `json:"clip" maxLength:"16" example:"17" doc:"A letter, a number from 0 to 99, or a phrase such as token"`
	Sound string `json:"sound" maxLength:"64" doc:"SHA-256 of a sound that was sent to the node, in hexadecimal digits"`
}

// VoiceRemove is the data of voice.remove.
type VoiceRemove struct {
	Lang string `json:"lang" enum:"hi,mr,en"`
	Clip string `json:"clip" maxLength:"16" example:"17"`
}

// setVoice lets boards speak a sound of the site's own for a clip.
func setVoice(w *work, in VoiceSet) error {
	if err := checkClip(in.Lang, in.Clip); err != nil {
		return err
	}
	sound, ok := w.look.Load(KindSound, SoundID(in.Sound, 0))
	if !ok || sound.Get("data").IsNull() {
		return refuse(CodeNotFound, "This sound was not sent to the node.")
	}
	w.speak(in.Lang, in.Clip, fields{
		"sound": record.Text(in.Sound), "type": sound.Get("type"), "bytes": sound.Get("bytes"), "setAt": ms(w.now),
	})
	return nil
}

// removeVoice lets boards speak the clip of the program again.
func removeVoice(w *work, in VoiceRemove) error {
	if err := checkClip(in.Lang, in.Clip); err != nil {
		return err
	}
	if voice, ok := w.look.Load(KindVoice, VoiceID(in.Lang, in.Clip)); !ok || voice.Get("sound").IsNull() {
		return refuse(CodeNotFound, "This clip has no voice of its own.")
	}
	w.speak(in.Lang, in.Clip, fields{"sound": record.Null(), "type": record.Null(), "bytes": record.Null(), "setAt": record.Null()})
	return nil
}

func checkClip(lang, clip string) error {
	if !slices.Contains(VoiceClips(lang), clip) {
		return refuse(CodeNotFound, "Boards speak no such clip.")
	}
	return nil
}

// speak changes what is spoken for a clip, and empties the sound that nothing is spoken by any more.
func (w *work) speak(lang, clip string, set fields) {
	id := VoiceID(lang, clip)
	if before, ok := w.look.Load(KindVoice, id); ok && before.Get("sound").Text() != set["sound"].Text() {
		w.dropSound(&before)
	}
	set["lang"], set["clip"] = record.Text(lang), record.Text(clip)
	w.edit(record.Edit{Kind: KindVoice, ID: id, Set: set})
	w.subject, w.touched = record.Key{Kind: KindVoice, ID: id}, []string{strings.Join([]string{lang, clip}, "/")}
	w.out.Data = RecordAnswer{ID: id}
}

func (w *work) dropSound(voice *record.Record) {
	sound := voice.Get("sound").Text()
	if sound == "" || len(w.look.ByIndex(KindVoice, "sound", record.Text(sound))) > 1 {
		return
	}
	for kept := int64(0); kept < voice.Get("bytes").Int(); kept += SoundPieceBytes {
		w.edit(record.Edit{Kind: KindSound, ID: SoundID(sound, int(kept/SoundPieceBytes)), Set: fields{"data": record.Null()}})
	}
}
