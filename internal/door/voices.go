package door

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

const voicesPath = "/api/v1/voices"

func (d *Door) voiceOperations(a huma.API) {
	voices := Operation(http.MethodGet, voicesPath, "voices", "Which clips of the spoken calls the site has recorded itself", false)
	voices.Responses = map[string]*huma.Response{"304": {Description: "As the ETag that was sent says"}}
	huma.Register(a, voices, d.voices)
	clip := answersFile(Operation(http.MethodGet, voicesPath+"/{lang}/{clip}", "voice", "One of these clips", false, http.StatusNotFound), "audio/*", "")
	huma.Register(a, clip, d.voice)
	set := Operation(http.MethodPut, voicesPath+"/{lang}/{clip}", "setVoice",
		"For an admin of a site: let boards speak this recording for a clip (MP3, WAV, Ogg, WebM or MP4; at most 250,000 bytes)",
		false, http.StatusNotFound, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	huma.Register(a, set, d.setVoice)
	huma.Register(a, Operation(http.MethodDelete, voicesPath+"/{lang}/{clip}", "removeVoice",
		"For an admin of a site: let boards speak the program's own clip again", false, http.StatusNotFound), d.removeVoice)
}

// ClipPath names a clip. It is exported for huma, which looks past what is not.
type ClipPath struct {
	Lang string `path:"lang" maxLength:"8" example:"hi" doc:"hi, mr or en"`
	Clip string `path:"clip" maxLength:"16" example:"17" doc:"A letter, a number from 0 to 99, or a phrase such as token"`
}

var errNoVoice = refuse(http.StatusNotFound, clinic.CodeNotFound, "This clip has no voice of its own.")

type voicesAnswer struct {
	Status int
	ETag   string `header:"ETag"`
	Keep   string `header:"Cache-Control"`
	Body   api.Voices
}

// voices is asked by every board before every call, so what is known already is not sent again.
func (d *Door) voices(ctx context.Context, in *struct {
	Known string `header:"If-None-Match" maxLength:"100"`
}) (*voicesAnswer, error) {
	if _, err := signedInAs(ctx); err != nil {
		return nil, err
	}
	out := &voicesAnswer{Status: http.StatusOK, Keep: "private, no-cache", Body: api.Voices{Voices: []api.Voice{}}}
	sum := sha256.New()
	err := d.o.Core.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, d.o.Local, clinic.KindVoice, func(r record.Record) (bool, error) {
			if v := voiceOf(&r); v.Tag != "" {
				out.Body.Voices = append(out.Body.Voices, v)
				fmt.Fprintln(sum, v.Lang, v.Clip, v.Tag)
			}
			return true, ctx.Err()
		})
	})
	out.ETag = `"` + hex.EncodeToString(sum.Sum(nil)[:8]) + `"`
	if in.Known == out.ETag {
		out.Status = http.StatusNotModified
	}
	return out, d.Answer(err)
}

func voiceOf(r *record.Record) api.Voice {
	sound := r.Get("sound").Text()
	return api.Voice{
		Lang: r.Get("lang").Text(), Clip: r.Get("clip").Text(), Tag: sound[:min(len(sound), 16)],
		Bytes: int(r.Get("bytes").Int()), SetAt: api.At(r.Get("setAt").Time()),
	}
}

type soundAnswer struct {
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag"`
	Keep        string `header:"Cache-Control"`
	Body        []byte
}

func (d *Door) voice(ctx context.Context, in *struct {
	ClipPath
	Tag string `query:"tag" maxLength:"64" doc:"As the list of them says; an answer to it may be kept for ever"`
}) (*soundAnswer, error) {
	if _, err := signedInAs(ctx); err != nil {
		return nil, err
	}
	out := &soundAnswer{Keep: "private, no-cache"}
	err := d.o.Core.View(func(tx feed.Tx) error {
		r, _, known, err := feed.Load(tx, d.o.Local, record.Key{Kind: clinic.KindVoice, ID: clinic.VoiceID(in.Lang, in.Clip)})
		if err != nil {
			return err
		}
		v := voiceOf(&r)
		if !known || v.Tag == "" {
			return errNoVoice
		}
		if in.Tag == v.Tag {
			out.Keep = "private, max-age=31536000, immutable"
		}
		out.ContentType, out.ETag = r.Get("type").Text(), `"`+v.Tag+`"`
		out.Body, err = clinic.LoadSound(func(id record.ID) (record.Record, error) {
			r, _, _, err := feed.Load(tx, d.o.Local, record.Key{Kind: clinic.KindSound, ID: id})
			return r, err
		}, r.Get("sound").Text(), int64(v.Bytes))
		return err
	})
	return out, d.Answer(err)
}

// setVoice keeps the sound first and then gives the command that names it, which leaves the audit.
func (d *Door) setVoice(ctx context.Context, in *struct {
	ClipPath
	RawBody []byte `contentType:"audio/*"`
}) (*struct{}, error) {
	s, err := signedInAs(ctx, clinic.RoleAdmin)
	if err != nil {
		return nil, err
	}
	kind := soundType(in.RawBody)
	switch {
	case !slices.Contains(clinic.VoiceClips(in.Lang), in.Clip):
		return nil, refuse(http.StatusNotFound, clinic.CodeNotFound, "Boards speak no such clip.")
	case len(in.RawBody) > clinic.MaxSoundBytes:
		return nil, refuse(http.StatusRequestEntityTooLarge, clinic.CodeTooLarge, fmt.Sprintf("A clip has at most %d kB.", clinic.MaxSoundBytes/1000))
	case kind == "":
		return nil, refuse(http.StatusUnsupportedMediaType, clinic.CodeInvalid, "This is no sound in MP3, WAV, Ogg, WebM or MP4.")
	}
	sum := sha256.Sum256(in.RawBody)
	sound := hex.EncodeToString(sum[:])
	err = d.o.Write(ctx, func(w Writer) error {
		for _, e := range clinic.SoundEdits(sound, kind, in.RawBody) {
			if _, err := w.Edit(d.o.Local, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		_, err = d.command(ctx, s, "voice.set", clinic.VoiceSet{Lang: in.Lang, Clip: in.Clip, Sound: sound})
	}
	return nil, d.Answer(err)
}

func (d *Door) removeVoice(ctx context.Context, in *ClipPath) (*struct{}, error) {
	s, err := signedInAs(ctx, clinic.RoleAdmin)
	if err != nil {
		return nil, err
	}
	_, err = d.command(ctx, s, "voice.remove", clinic.VoiceRemove{Lang: in.Lang, Clip: in.Clip})
	return nil, d.Answer(err)
}

// soundType is the media type of a sound by how it begins, whatever it is called; empty for what is none that browsers
// play.
func soundType(content []byte) string {
	has := func(at int, mark string) bool {
		return len(content) > at && bytes.HasPrefix(content[at:], []byte(mark))
	}
	switch {
	case has(0, "ID3"), len(content) > 2 && content[0] == 0xFF && content[1]&0xE6 == 0xE2 && content[2]&0xF0 != 0xF0:
		return "audio/mpeg" // a tag, or a frame of layer III
	case has(0, "RIFF") && has(8, "WAVE"):
		return "audio/wav"
	case has(0, "OggS"):
		return "audio/ogg"
	case has(0, "\x1A\x45\xDF\xA3"):
		return "audio/webm"
	case has(4, "ftyp"):
		return "audio/mp4"
	}
	return ""
}
