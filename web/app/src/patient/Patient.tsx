import {
  clinicNow,
  entryById,
  type GurujiRow,
  gurujisOf,
  placeOf,
  type QueueEntry,
  rowsOf,
  type State,
} from "@sangam/sdk";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useChime } from "../blocks/chime.ts";
import { LanguageChoice } from "../blocks/choices.tsx";
import { Icon, type IconName } from "../blocks/Icon.tsx";
import { Links } from "../blocks/Links.tsx";
import { Button, Name, Notice } from "../blocks/small.tsx";
import { useAwake } from "../board/lasting.ts";
import { heardFrom, useClient, useClientState, useDataAge, usePlace } from "../screen/client.tsx";
import { useNow } from "../screen/now.ts";
import { LANGS } from "../words/catalogue.ts";
import { useCommon, useLanguage, useWords } from "../words/Language.tsx";
import { clock, span, waitRange } from "../words/times.ts";
import { useAttention } from "./attention.ts";
import { type Calling, Help, useCalling } from "./Help.tsx";
import { Leave, type Leaving, useLeaving } from "./Leave.tsx";
import { Offer } from "./Offer.tsx";
import { Stream } from "./Stream.tsx";
import { patient } from "./words.ts";

/** A phone's own place in the queue. It shouts at one moment only: when it is this person's turn. */
export function Patient() {
  const state = useClientState();
  const { lang } = useLanguage();
  const entry = mine(state);
  const guruji = gurujisOf(state).find((one) => one.id === entry?.guruji) ?? null;
  useStrange(entry && !entry.pending ? entry.guruji : null, guruji !== null);
  const called = entry?.status === "called";
  const chime = useChime();
  const leaving = useLeaving(entry?.id);
  const calling = useCalling(entry?.id);
  useAttention(called ? `${entry.id} ${entry.fields.calledAt}` : null, chime.ring);
  useTitle(called);
  return (
    <div className="patient" lang={lang}>
      {called && entry ? (
        <YourTurn entry={entry} guruji={guruji} leaving={leaving} calling={calling} />
      ) : (
        <Waiting
          entry={entry}
          guruji={guruji}
          leaving={leaving}
          calling={calling}
          sound={chime.on}
          onSound={chime.turnOn}
        />
      )}
    </div>
  );
}

/** The one entry this session may see: named by it, or the only one there is. */
function mine(state: State): QueueEntry | null {
  const named = (state.session.user as { entryId?: string } | null)?.entryId;
  const id = named ?? rowsOf(state, "row").keys().next().value;
  return id === undefined ? null : entryById(state, id);
}

/** A phone is told of its own guruji only: with another one, what is known of them is asked for, once it is so. */
function useStrange(gurujiId: string | null, known: boolean) {
  const client = useClient();
  useEffect(() => {
    if (gurujiId !== null && !known) client.refetch().catch(() => {});
  }, [client, gurujiId, known]);
}

/** Seen in the list of tabs too, where a turn may come while something else is read. */
function useTitle(called: boolean) {
  const say = useWords(patient);
  useEffect(() => {
    document.title = say(called ? "yourTurn" : "yours");
  }, [say, called]);
}

function Top() {
  const place = usePlace();
  return (
    <header>
      <p className="brand">
        <Icon name="sangam" /> <Name>{place.name || "Sangam"}</Name>
      </p>
      <LanguageChoice among={LANGS} short />
    </header>
  );
}

function YourTurn({ entry, guruji, leaving, calling }: Mine & { entry: QueueEntry }) {
  const say = useWords(patient);
  const common = useCommon();
  const room = guruji?.room ?? null;
  const page = useRef<HTMLElement>(null);
  useEffect(() => page.current?.focus(), []);
  return (
    <main className="turn called" ref={page} tabIndex={-1}>
      <Top />
      <section className="go" role="alert">
        <Icon name="bell" />
        <h1>{say("yourTurn")}</h1>
        <p className="token">{entry.token}</p>
        {room && (
          <p className="goto">
            <Icon name="door" /> <strong>{common("room", { room })}</strong>
          </p>
        )}
        {guruji && <p>{say("waitsForYou", { name: guruji.name })}</p>}
      </section>
      <div className="asides">
        <Coming key={String(entry.fields.calledAt)} />
        <Help calling={calling} />
        <Leave entry={entry} leaving={leaving} />
      </div>
    </main>
  );
}

/** Any touch silences the phone; this one is there to be found. */
function Coming() {
  const say = useWords(patient);
  const [coming, setComing] = useState(false);
  if (coming) {
    return (
      <p className="ringing" role="status">
        <Icon name="check" /> {say("silent")}
      </p>
    );
  }
  return (
    <Button icon="check" onClick={() => setComing(true)}>
      {say("coming")}
    </Button>
  );
}

interface Mine {
  entry: QueueEntry | null;
  guruji: GurujiRow | null;
  leaving: Leaving;
  calling: Calling;
}

interface WaitingProps extends Mine {
  sound: boolean;
  onSound(): void;
}

function Waiting({ entry, guruji, leaving, calling, sound, onSound }: WaitingProps) {
  const say = useWords(patient);
  const { offline, ms } = useDataAge();
  const over = !entry || ENDED[entry.status] !== undefined;
  return (
    <main className={offline ? "turn unheard" : "turn"}>
      <Top />
      {entry && <Slip entry={entry} guruji={guruji} />}
      <PlaceIn entry={entry} guruji={guruji} offline={offline} ageMs={ms ?? 0} />
      {entry && !over && <Offer entry={entry} guruji={guruji} />}
      {entry && !over && <Steps entry={entry} />}
      {offline && (
        <Notice tone="rest" icon="cloud-off" title={say("offline")}>
          {say("offlineWhy")}
        </Notice>
      )}
      <div className="asides">
        {offline && <LookAgain />}
        {!over &&
          !offline &&
          entry.status !== "in_service" &&
          (sound ? (
            <WillRing />
          ) : (
            <Button kind="main" icon="volume" onClick={onSound}>
              {say("ring")}
            </Button>
          ))}
        {!over && <Help calling={calling} />}
        {entry && !over && entry.status !== "in_service" && <Leave entry={entry} leaving={leaving} />}
      </div>
      <footer>
        <Hearing keeps={!over} />
      </footer>
    </main>
  );
}

/** What the phone hears, how old it is, and that nothing is lost with it. Lines to the centre are no concern here. */
function Hearing({ keeps }: { keeps: boolean }) {
  const say = useWords(patient);
  const common = useCommon();
  const { zone } = usePlace();
  const now = useNow(1000);
  const client = useClient();
  const state = useClientState();
  const heard = heardFrom(client, "site", now);
  if (heard.agoMs === null || heard.here === "unknown" || heard.here === "fallback")
    return <Links heard={heard} />;
  const ago = common("ago", { span: span(heard.agoMs, common) });
  const time = clock(clinicNow(state, now - heard.agoMs), zone);
  const said =
    heard.here === "offline" ? (
      <span>
        <strong>{common("linkOffline")}</strong> {say("lastHeard", { time, ago })}
      </span>
    ) : (
      <span>
        <strong>{say("live")}</strong> {say("heardAgo", { ago })} {keeps && say("keepPlace")}
      </span>
    );
  return <Links heard={heard} said={said} />;
}

/** Asking goes on by itself; whoever cannot wait for it may press. */
function LookAgain() {
  const say = useWords(patient);
  const client = useClient();
  return (
    <Button icon="repeat" onClick={() => void client.refetch().catch(() => {})}>
      {say("lookAgain")}
    </Button>
  );
}

/** A phone that sleeps does not ring: it is kept awake where the browser can, and elsewhere that is said. */
function WillRing() {
  const say = useWords(patient);
  const awake = useAwake();
  return (
    <p className="soft ringing">
      <Icon name="volume" /> {say(awake === "kept" ? "willRing" : "willRingLit")}
    </p>
  );
}

function Slip({ entry, guruji }: { entry: QueueEntry; guruji: GurujiRow | null }) {
  const say = useWords(patient);
  const common = useCommon();
  return (
    <section className="card mine" aria-label={say("yours")}>
      <p className="label">{say("yours")}</p>
      <p className="token">{entry.token}</p>
      {guruji && (
        <p className="soft">
          <Name>{guruji.name}</Name>
          {guruji.room && (
            <>
              <br />
              {common("room", { room: guruji.room })}
            </>
          )}
        </p>
      )}
    </section>
  );
}

/** What is said instead of a place, by status. */
const ENDED: Record<string, { icon: IconName; title: "over" | "out"; why: "overWhy" | "outWhy" }> = {
  done: { icon: "check", title: "over", why: "overWhy" },
  left: { icon: "minus-circle", title: "out", why: "outWhy" },
  cancelled: { icon: "x", title: "out", why: "outWhy" },
  no_show: { icon: "user-x", title: "out", why: "outWhy" },
  closed_by_rollover: { icon: "moon", title: "out", why: "outWhy" },
};

function PlaceIn({
  entry,
  guruji,
  offline,
  ageMs,
}: {
  entry: QueueEntry | null;
  guruji: GurujiRow | null;
  offline: boolean;
  ageMs: number;
}) {
  const say = useWords(patient);
  const state = useClientState();
  const ended = entry ? ENDED[entry.status] : ENDED.left;
  if (ended || !entry) {
    return (
      <Told icon={ended?.icon ?? "x"} title={say(ended?.title ?? "out")}>
        {say(ended?.why ?? "outWhy")}
      </Told>
    );
  }
  if (entry.status === "on_hold")
    return <Told icon="pause" title={say("onHold")} children={say("onHoldWhy")} />;
  if (entry.status === "in_service") return <Told icon="user" title={say("inService")} />;
  const place = placeOf(state, entry.id);
  const told = rowsOf(state, "place").get(entry.id)?.fields ?? entry.fields;
  return (
    <>
      {entry.status === "no_answer" && (
        <Notice tone="heed" icon="bell" title={say("missed")}>
          {say("missedWhy")}
        </Notice>
      )}
      <Range
        place={place}
        long={told.longWait === true}
        guruji={guruji}
        offline={offline}
        heardAt={Date.now() - ageMs}
      />
    </>
  );
}

function Told(props: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <section className="place told" aria-live="polite">
      <Icon name={props.icon} />
      <h1>{props.title}</h1>
      {props.children && <p className="soft">{props.children}</p>}
    </section>
  );
}

interface RangeProps {
  place: ReturnType<typeof placeOf>;
  /** Too long for a number. */
  long: boolean;
  guruji: GurujiRow | null;
  offline: boolean;
  heardAt: number;
}

function Range(props: RangeProps) {
  const say = useWords(patient);
  const common = useCommon();
  const { zone } = usePlace();
  const { place, offline } = props;
  const time = clock(clinicNow(useClientState(), props.heardAt), zone);
  const range = waitRange(place?.wait, common);
  const ahead = place?.ahead ?? null;
  return (
    <section className="place" aria-live="polite">
      <h1>
        {offline && <span className="soft">{say("atTime", { time })} </span>}
        {ahead === null ? say("placeUnknown") : ahead === 0 ? say("next") : say("before", { count: ahead })}
      </h1>
      {ahead !== null && <Stream ahead={ahead} unheard={offline} />}
      {range && (
        <p className="range">
          <span className="soft">{offline ? say("aboutFrom", { time }) : say("about")}</span>{" "}
          <strong>{range}</strong>
        </p>
      )}
      {props.long && !range && <p className="range">{common("longWait")}</p>}
      {!offline && (
        <Why
          guruji={props.guruji}
          ranged={range !== null}
          untold={!range && !props.long && ahead !== null && ahead > 0}
        />
      )}
    </section>
  );
}

/** Why it is a range, or why it takes longer than the people ahead explain. */
function Why({ guruji, ranged, untold }: { guruji: GurujiRow | null; ranged: boolean; untold: boolean }) {
  const say = useWords(patient);
  const { zone } = usePlace();
  if (guruji?.availability === "on_break") {
    const time = guruji.until ? clock(guruji.until, zone) : "";
    return (
      <p className="why heed">
        <Icon name="pause" /> {time ? say("restsUntil", { time }) : say("rests")}
      </p>
    );
  }
  if (guruji?.availability === "off") {
    return (
      <p className="why heed">
        <Icon name="moon" /> {say("notHere")}
      </p>
    );
  }
  if (ranged) return <p className="soft why">{say("whyRange")}</p>;
  return untold ? <p className="soft why">{say("waitLater")}</p> : null;
}

function Steps({ entry }: { entry: QueueEntry }) {
  const say = useWords(patient);
  const { zone } = usePlace();
  const visit = entry.status === "in_service";
  return (
    <ol className="steps">
      <li className="done">
        <Icon name="check" /> {say("checkedIn")}{" "}
        {entry.checkedInAt && <span className="soft">{clock(entry.checkedInAt, zone)}</span>}
      </li>
      <li {...(visit ? { className: "done" } : { "aria-current": "step" as const })}>
        <Icon name={visit ? "check" : "hourglass"} /> {say("waiting")}
      </li>
      <li {...(visit ? { className: "done" } : {})}>
        <Icon name="bell" /> {say("called")}
      </li>
      <li {...(visit ? { "aria-current": "step" as const } : {})}>
        <Icon name="user" /> {say("visit")}
      </li>
    </ol>
  );
}
