package clinic_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/record"
)

func TestEveryClipThatBoardsSpeakHasAName(t *testing.T) {
	for _, lang := range clinic.VoiceLangs {
		var shipped []string
		files, err := os.ReadDir("../../web/public/voices/" + lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			shipped = append(shipped, strings.TrimSuffix(file.Name(), ".mp3"))
		}
		named := clinic.VoiceClips(lang)
		slices.Sort(shipped)
		slices.Sort(named)
		if !slices.Equal(shipped, named) {
			t.Errorf("%s: shipped are %v, named %v", lang, shipped, named)
		}
	}
	if clips := clinic.VoiceClips("../hi"); clips != nil {
		t.Errorf("a language nobody speaks has clips %v", clips)
	}
}

// send keeps a sound as the door does.
func (s *site) send(sound string, content []byte) {
	s.t.Helper()
	s.commit(clinic.SoundEdits(sound, "audio/wav", content))
}

func (s *site) sound(sound string, size int) ([]byte, error) {
	return clinic.LoadSound(func(id record.ID) (record.Record, error) {
		if r := s.record(clinic.KindSound, id); r != nil {
			return *r, nil
		}
		return record.Record{}, nil
	}, sound, int64(size))
}

func TestASiteSpeaksItsOwnClips(t *testing.T) {
	s := newSite(t)
	large, small := bytes.Repeat([]byte("om"), clinic.MaxSoundBytes/2), []byte("om")
	s.send("large", large)
	s.send("small", small)
	of := func(lang, clip, sound string) clinic.VoiceSet {
		return clinic.VoiceSet{Lang: lang, Clip: clip, Sound: sound}
	}
	do[clinic.RecordAnswer](s, admin, "voice.set", of("hi", "17", "large"))
	do[clinic.RecordAnswer](s, admin, "voice.set", of("mr", "17", "large"))
	voice := s.record(clinic.KindVoice, clinic.VoiceID("hi", "17"))
	if got := voice.Get("bytes").Int(); got != clinic.MaxSoundBytes || voice.Get("type").Text() != "audio/wav" {
		t.Errorf("it is kept as %d bytes of %s", got, voice.Get("type").Text())
	}
	do[clinic.RecordAnswer](s, admin, "voice.set", of("hi", "17", "small"))
	if got, err := s.sound("large", len(large)); err != nil || !bytes.Equal(got, large) {
		t.Errorf("a sound that another clip is spoken by: %d bytes, %v", len(got), err)
	}
	do[clinic.RecordAnswer](s, admin, "voice.remove", clinic.VoiceRemove{Lang: "mr", Clip: "17"})
	if _, err := s.sound("large", len(large)); err == nil {
		t.Error("a sound that nothing is spoken by takes room for ever")
	}
	refused(s, admin, clinic.CodeNotFound, "voice.set", of("mr", "17", "large"))
	refused(s, admin, clinic.CodeNotFound, "voice.remove", clinic.VoiceRemove{Lang: "mr", Clip: "17"})
	if got, err := s.sound("small", len(small)); err != nil || !bytes.Equal(got, small) {
		t.Errorf("what is spoken now: %q, %v", got, err)
	}
}

func TestVoicesOfNoClipAreRefused(t *testing.T) {
	s := newSite(t)
	s.send("om", []byte("om"))
	for _, clip := range []string{"", "100", "01", "-1", "aa", "A", "one_hundred", "../token", "token.mp3", "अ"} {
		refused(s, admin, clinic.CodeNotFound, "voice.set", clinic.VoiceSet{Lang: "hi", Clip: clip, Sound: "om"})
	}
	refused(s, admin, clinic.CodeInvalid, "voice.set", clinic.VoiceSet{Lang: "ta", Clip: "1", Sound: "om"})
	refused(s, admin, clinic.CodeNotFound, "voice.set", clinic.VoiceSet{Lang: "hi", Clip: "1", Sound: "never sent"})
	for _, other := range []clinic.Actor{desk, s.guruji("Madhavnath").actor} {
		refused(s, other, clinic.CodeForbidden, "voice.set", clinic.VoiceSet{Lang: "hi", Clip: "1", Sound: "om"})
		refused(s, other, clinic.CodeForbidden, "voice.remove", clinic.VoiceRemove{Lang: "hi", Clip: "1"})
	}
}
