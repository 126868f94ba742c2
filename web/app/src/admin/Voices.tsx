import { useCallback, useEffect, useRef, useState } from "react";
import { Choice } from "../blocks/choices.tsx";
import { Icon } from "../blocks/Icon.tsx";
import { Bones } from "../blocks/lines.tsx";
import { Button, Chip, Notice } from "../blocks/small.tsx";
import { fetchOwnVoices, type OwnVoices } from "../board/ownVoices.ts";
import { LONGEST_S } from "../board/voice.ts";
import { useClient } from "../screen/client.tsx";
import { LANG_NAMES, LANGS, type Lang } from "../words/catalogue.ts";
import { useWords } from "../words/Language.tsx";
import { canRecord, useRecorder } from "./recorder.ts";
import {
  clipOfFile,
  clipsOf,
  GROUPS,
  keepVoice,
  MOST_BYTES,
  type Named,
  NotKept,
  removeVoice,
  trimmed,
  wordsOf,
} from "./voices.ts";
import { voiceWords } from "./voiceWords.ts";
import "./voices.css";

const LIMITS = { seconds: LONGEST_S, size: MOST_BYTES / 1000 };
const nameOf = ({ lang, clip }: Named) => `${lang}/${clip}`;

interface Done {
  /** What was done, in words. */
  said: string;
  /** What was not, and why. */
  faults: string[];
}

/** The clips of the spoken calls: which of them the ashram has recorded itself, one by one or sent as files. */
export function Voices() {
  const say = useWords(voiceWords);
  const client = useClient();
  const [own, setOwn] = useState<OwnVoices | null>(null);
  const [unheard, setUnheard] = useState(false);
  const [lang, setLang] = useState<Lang>("hi");
  const [clip, setClip] = useState("token");
  const [done, setDone] = useState<Done | null>(null);
  const groups = clipsOf(lang);
  const all = GROUPS.flatMap((group) => groups[group]);
  const load = useCallback(
    () =>
      fetchOwnVoices(client).then(
        (voices) => {
          setOwn(voices);
          setUnheard(false);
        },
        () => setUnheard(true),
      ),
    [client],
  );
  useEffect(() => void load(), [load]);

  const why = (error: unknown) => {
    const { fault, message } = error instanceof NotKept ? error : new NotKept(null, String(error));
    return fault ? say(fault, LIMITS) : message;
  };
  /** Runs what changes a clip, and tells what came of it. */
  async function change(said: string, what: () => Promise<void>) {
    setDone(null);
    const faults: string[] = [];
    await what().catch((error) => faults.push(why(error)));
    setDone({ said: faults.length > 0 ? "" : said, faults });
    await load();
  }
  async function send(files: readonly File[]) {
    const faults: string[] = [];
    for (const [i, file] of files.entries()) {
      setDone({ said: say("sending", { done: i + 1, all: files.length }), faults: [] });
      const path = file.webkitRelativePath || file.name;
      const named = clipOfFile(path, lang);
      await (named ? keepVoice(client, named, file, LONGEST_S) : Promise.reject(new NotKept("noClip"))).catch(
        (error) => faults.push(`${path}: ${why(error)}`),
      );
    }
    setDone({ said: say("sent", { count: files.length - faults.length }), faults });
    await load();
  }

  const count = all.filter((one) => own?.has(`${lang}/${one}`)).length;
  const choose = (to: Lang) => {
    setLang(to);
    if (!Object.values(clipsOf(to)).flat().includes(clip)) setClip("token");
  };
  return (
    <>
      <header>
        <div>
          <h2>{say("voices")}</h2>
          <p>{say("voicesHow")}</p>
        </div>
        <SendFiles onSend={send} />
      </header>
      {unheard && <Notice tone="heed" icon="triangle-alert" loud title={say("unheard")} />}
      <p className="soft note">{say("sendHow", LIMITS)}</p>
      <div aria-live="polite">
        {done?.said && (
          <p className="voice-done">
            <Icon name="check" /> {done.said}
          </p>
        )}
        {done && done.faults.length > 0 && (
          <Notice tone="heed" icon="triangle-alert" title={say("notKept")}>
            <ul>
              {done.faults.map((fault) => (
                <li key={fault}>{fault}</li>
              ))}
            </ul>
          </Notice>
        )}
      </div>
      {own === null && !unheard && <Bones />}
      {own && (
        <div className="voices">
          <section className="stack" aria-label={LANG_NAMES[lang]}>
            <Choice<Lang>
              label={say("language")}
              options={LANGS.map((value) => ({ value, label: LANG_NAMES[value], lang: value }))}
              value={lang}
              onChange={choose}
            />
            <p className="voice-count">
              <progress max={all.length} value={count} aria-hidden="true" />{" "}
              <strong>{say("progress", { count, all: all.length })}</strong>
            </p>
            {GROUPS.map((group) => (
              <section key={group}>
                <h3>{say(group)}</h3>
                <ul className="clips">
                  {groups[group].map((one) => (
                    <li key={one}>
                      <Tile
                        said={group === "phrases" ? wordsOf(lang, one) : one.toUpperCase()}
                        lang={lang}
                        own={own.has(`${lang}/${one}`)}
                        chosen={one === clip}
                        onChoose={() => setClip(one)}
                      />
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </section>
          <Clip
            key={`${lang}/${clip}`}
            named={{ lang, clip }}
            own={own.get(`${lang}/${clip}`)}
            change={change}
            onNext={() => setClip(all[(all.indexOf(clip) + 1) % all.length] ?? "token")}
          />
        </div>
      )}
    </>
  );
}

function Tile(props: { said: string; lang: Lang; own: boolean; chosen: boolean; onChoose(): void }) {
  const say = useWords(voiceWords);
  return (
    <button
      type="button"
      className={props.own ? "clip own" : "clip"}
      {...(props.chosen ? { "aria-current": true } : {})}
      onClick={props.onChoose}
    >
      <span lang={props.lang}>{props.said}</span>
      {props.own && (
        <>
          <Icon name="check" /> <span className="unseen">{say("recorded")}</span>
        </>
      )}
    </button>
  );
}

/** A button that opens the browser's choice of files. */
function SendFiles({ onSend }: { onSend(files: readonly File[]): void }) {
  const say = useWords(voiceWords);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button also="push" icon="send" onClick={() => input.current?.click()}>
        {say("send")}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept="audio/*,.webm,.mp4"
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = ""; // the same files may be chosen again
          onSend(files);
        }}
      />
    </>
  );
}

/** The clip in hand: what to say, what it sounds like, and what may be done with it. */
function Clip(props: {
  named: Named;
  own: string | undefined;
  change(said: string, what: () => Promise<void>): Promise<void>;
  onNext(): void;
}) {
  const say = useWords(voiceWords);
  const client = useClient();
  const { recording, record, stop } = useRecorder();
  const { named, own, change } = props;
  const shipped = `/voices/${nameOf(named)}.mp3`;
  const said = wordsOf(named.lang, named.clip);
  const play = (address: string) => void new Audio(address).play().catch(() => {});
  const speak = () =>
    change(say("kept", { clip: said }), async () => {
      const sound = await trimmed(await record(LONGEST_S));
      await keepVoice(client, named, sound, LONGEST_S);
    });
  return (
    <section className="card clip-card" aria-labelledby="clip">
      <p className="soft">{say("sayThis")}</p>
      <h3 id="clip" lang={named.lang}>
        {said}
      </h3>
      <Chip tone={own ? "flow" : "rest"} icon={own ? "check" : "volume"}>
        {say(own ? "own" : "shipped")}
      </Chip>
      {canRecord() ? (
        <>
          <Button kind="main" icon={recording ? "pause" : "microphone"} onClick={recording ? stop : speak}>
            {say(recording ? "stop" : "record")}
          </Button>
          <p aria-live="polite" className="soft">
            {recording && say("recording", LIMITS)}
          </p>
        </>
      ) : (
        <Notice tone="rest" icon="lock" title={say("cannotRecord")}>
          {say("cannotRecordWhy")}
        </Notice>
      )}
      <p className="actions">
        <Button icon="play" onClick={() => play(own ?? shipped)}>
          {say("listen")}
        </Button>
        {own && <Button onClick={() => play(shipped)}>{say("listenShipped")}</Button>}
        {own && (
          <Button onClick={() => change(say("removed", { clip: said }), () => removeVoice(client, named))}>
            {say("remove")}
          </Button>
        )}
        <Button icon="arrow-right" onClick={props.onNext}>
          {say("next")}
        </Button>
      </p>
    </section>
  );
}
