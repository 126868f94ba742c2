import {
  clinicNow,
  type GurujiRow,
  gurujisOf,
  queueOf,
  type RecentCall,
  recentOf,
  type State,
} from "@sangam/sdk";
import { type CSSProperties, type ReactNode, useEffect, useState } from "react";
import { useChime } from "../blocks/chime.ts";
import { Icon, type IconName } from "../blocks/Icon.tsx";
import { useLate } from "../blocks/lines.tsx";
import { Button, Chip, Name, type Tone } from "../blocks/small.tsx";
import { useClient, useClientState, useClinicNow, useDataAge, usePlace } from "../screen/client.tsx";
import { byRoom } from "../screen/rooms.ts";
import { LANGS, type Lang } from "../words/catalogue.ts";
import { common } from "../words/common.ts";
import { useLanguage } from "../words/Language.tsx";
import { clock, span } from "../words/times.ts";
import { useCalls } from "./calls.ts";
import { useAwake, useNightlyReload } from "./lasting.ts";
import { useVoice } from "./voice.ts";
import { board } from "./words.ts";

/** Older than this, what hangs on the wall is no longer called "now". */
export const STALE_MS = 120_000;
const WELCOME_MS = 10_000;
/** Whoever hangs the board up is told what its browser cannot do; the hall need not read it all day. */
const HANGING_MS = 180_000;

/** Read from five metres: who is called, who was, where. No names of those who wait, and it says how old it is. */
export function Board() {
  const client = useClient();
  const state = useClientState();
  const age = useDataAge();
  const chime = useChime();
  const speak = useVoice(client, LANGS);
  const recent = recentOf(state);
  const calling = useCalls(recent, {
    onCall: (call, signal) => {
      chime.ring();
      return speak(call, signal);
    },
    notBeforeMs: () => clinicNow(state, Date.now()) - STALE_MS * state.clock.clinicSpeed,
  });
  useNightlyReload(client, usePlace().zone);
  const stale = age.ms === null || age.ms > STALE_MS;
  const shown = calling ?? recent[0] ?? null;
  const before = recent.filter((call) => call !== shown).slice(0, 4);
  return (
    <div className={stale ? "board stale" : "board"}>
      <Top />
      <main>
        <Now call={shown} lit={calling !== null && !stale} stale={stale} />
        <section className="last" aria-labelledby="last">
          <h2 id="last">
            <Both word="before" />
          </h2>
          <ol>
            {before.map((call) => (
              <li key={`${call.token} ${call.at}`}>
                <span className="token">{call.token}</span>
                <span className="goto">
                  <Icon name="door" label={board.in("hi")("room")} /> <strong>{call.room ?? "–"}</strong>
                </span>
              </li>
            ))}
          </ol>
        </section>
      </main>
      <Rooms state={state} stale={stale} />
      <footer>
        <Freshness ms={age.ms} stale={stale} />
        <MayDarken />
        {!stale && <Sound on={chime.on} onTurnOn={chime.turnOn} />}
      </footer>
    </div>
  );
}

/** The hall's own language first, English beside it. */
function Both({ word }: { word: "now" | "before" | "last" | "nobody" }) {
  const { lang } = useLanguage();
  return (
    <>
      {board.in(lang)(word)} {lang !== "en" && <span lang="en">{board.in("en")(word)}</span>}
    </>
  );
}

function Top() {
  const place = usePlace();
  const now = useClinicNow(1000);
  const welcome = useTurning(LANGS, WELCOME_MS);
  return (
    <header>
      <p className="brand">
        <Icon name="sangam" /> <Name>{place.name || "Sangam"}</Name>
      </p>
      <p className="welcome" lang={welcome}>
        {board.in(welcome)("welcome")}
      </p>
      <p className="clock">{clock(now, place.zone)}</p>
    </header>
  );
}

function useTurning(langs: readonly Lang[], everyMs: number): Lang {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((n) => n + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return langs[turn % langs.length] ?? "hi";
}

/** Lit once while a call has the board to itself; it never blinks. */
function Now({ call, lit, stale }: { call: RecentCall | null; lit: boolean; stale: boolean }) {
  const { zone } = usePlace();
  if (!call) {
    return (
      <section className="now none" aria-labelledby="now">
        <h1 id="now">
          <Icon name="hourglass" /> <Both word="nobody" />
        </h1>
      </section>
    );
  }
  const size = { "--letters": Math.max(4, call.token.length) } as CSSProperties;
  return (
    <section className={lit ? "now lit" : "now"} aria-labelledby="now" aria-live="polite" aria-atomic="true">
      <h1 id="now">
        <Icon name={stale ? "clock" : "bell"} /> <Both word={stale ? "last" : "now"} />
        {stale && <b>{clock(call.at, zone)}</b>}
      </h1>
      <p className="token" style={size}>
        {call.token}
      </p>
      <Where room={call.room} />
    </section>
  );
}

function Where({ room }: { room: string | null }) {
  const { lang } = useLanguage();
  const word = room === null ? "desk" : "room";
  return (
    <p className="goto">
      <Icon name="arrow-right" /> {board.in(lang)(word)}{" "}
      {lang !== "en" && <span lang="en">{board.in("en")(word)}</span>} <strong>{room}</strong>
    </p>
  );
}

function Rooms({ state, stale }: { state: State; stale: boolean }) {
  const { lang } = useLanguage();
  const gurujis = [...gurujisOf(state)]
    .filter((one) => one.room !== null && one.fields.disabled !== true)
    .sort((a, b) => byRoom(a.room, b.room));
  const columns = gurujis.length <= 4 ? Math.max(3, gurujis.length) : Math.ceil(gurujis.length / 2);
  return (
    <section aria-label={board.in(lang)("rooms")}>
      <ul className={columns > 4 ? "rooms many" : "rooms"} style={{ "--columns": columns } as CSSProperties}>
        {gurujis.map((one) => (
          <li key={one.id}>
            <strong className="room">{one.room}</strong>
            <p className="who">
              <Name>{one.name}</Name>
            </p>
            <p className="how">
              <Doing guruji={one} state={state} stale={stale} brief={columns > 4} />
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Doing({
  guruji,
  state,
  stale,
  brief,
}: {
  guruji: GurujiRow;
  state: State;
  stale: boolean;
  brief: boolean;
}) {
  const say = board.in(useLanguage().lang);
  const { zone } = usePlace();
  const chip = (tone: Tone, icon: IconName, children: ReactNode) => (
    <Chip tone={tone} icon={icon} kind="quiet">
      {children}
    </Chip>
  );
  if (stale) return chip("rest", "help", say("notKnown"));
  const queue = queueOf(state, guruji.id);
  if (queue.some((entry) => entry.status === "called")) return chip("flow", "bell", say("calling"));
  if (queue.some((entry) => entry.status === "in_service")) return chip("flow", "user", say("withSomebody"));
  if (guruji.availability === "on_break") {
    return chip(
      "heed",
      "pause",
      guruji.until && !brief ? say("restUntil", { time: clock(guruji.until, zone) }) : say("rest"),
    );
  }
  if (guruji.availability === "off") return chip("rest", "moon", say("away"));
  return chip("rest", "check", say("free"));
}

function Freshness({ ms, stale }: { ms: number | null; stale: boolean }) {
  const { lang } = useLanguage();
  const inOne = (one: Lang) => {
    const say = board.in(one);
    if (ms === null) return `${say("neverHeard")} · ${say("askDesk")}`;
    const units = common.in(one);
    const said = span(ms, units);
    if (stale) return `${units("old", { span: said })}${one === "hi" ? "।" : "."} ${say("askDesk")}`;
    return say("updated", { ago: units("ago", { span: said }) });
  };
  return (
    <p className={stale ? "age heed old" : "age"}>
      <Icon name={stale ? "clock" : "activity"} /> {inOne(lang)}{" "}
      {lang !== "en" && <span lang="en">· {inOne("en")}</span>}
    </p>
  );
}

function Sound({ on, onTurnOn }: { on: boolean; onTurnOn(): void }) {
  const { lang } = useLanguage();
  const say = board.in(lang);
  if (!on) {
    return (
      <Button icon="volume" onClick={onTurnOn}>
        {say("turnSoundOn")}
      </Button>
    );
  }
  return (
    <p className="age">
      <Icon name="volume" /> {say("soundOn")}{" "}
      {lang !== "en" && <span lang="en">· {board.in("en")("soundOn")}</span>}
    </p>
  );
}

function MayDarken() {
  const { lang } = useLanguage();
  const awake = useAwake();
  const hung = useLate(HANGING_MS);
  if (awake !== "refused" || hung) return null;
  return (
    <p className="age">
      <Icon name="monitor" /> {board.in(lang)("mayDarken")}
    </p>
  );
}
