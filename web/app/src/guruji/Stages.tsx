import type { QueueEntry } from "@sangam/sdk";
import { type ReactNode, useEffect, useRef } from "react";
import { Button, Chip, Empty, Name } from "../blocks/small.tsx";
import { useSetAvailability } from "../desk/availability.ts";
import { expectationOf } from "../desk/expect.ts";
import { recallInMs } from "../desk/moves.ts";
import { recallAfterS } from "../desk/settings.ts";
import { minutesSince, stopwatch } from "../desk/time.ts";
import { WhyChip } from "../desk/why.tsx";
import { desk } from "../desk/words.ts";
import { useClientState, useClinicNow, usePlace } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import { type Drafts, Note, Past, Remedies } from "./Care.tsx";
import type { Stage } from "./flow.ts";
import { personOf, visitsOf } from "./history.ts";
import { guruji as words } from "./words.ts";

/** What is known of who they are, in one line. */
function Who({ entry, waited = false }: { entry: QueueEntry; waited?: boolean }) {
  const say = useWords(words);
  const common = useCommon();
  const state = useClientState();
  const { day } = state.view ?? {};
  const person = personOf(state, entry.fields.person);
  const year = Number(String(day ?? "").slice(0, 4));
  const end = Date.parse(String(entry.fields.calledAt ?? ""));
  const minutes = Number.isNaN(end) ? null : minutesSince(entry.checkedInAt, end);
  const facts: ReactNode[] = [
    person?.birthYear && year ? `${year - person.birthYear}` : "",
    person?.gender,
    person?.place,
    person?.guardian && say("with", { name: person.guardian }),
    waited && minutes !== null && say("waitedFor", { span: common("minutes", { count: minutes }) }),
  ].filter(Boolean);
  return <p className="soft">{facts.join(" · ")}</p>;
}

const nameOf = (entry: QueueEntry, unnamed: string) =>
  entry.name ? <Name>{entry.name}</Name> : <span className="soft">{unnamed}</span>;

/** Somebody is inside: who, how long, what for, what was before, what is given. */
export function Here(props: {
  stage: Extract<Stage, { name: "here" }>;
  drafts: Drafts;
  save(entry: QueueEntry): void;
  find: React.RefObject<HTMLInputElement | null>;
}) {
  const { entry, others } = props.stage;
  const say = useWords(words);
  const common = useWords(desk);
  const reason = entry.fields.reason;
  const visits = visitsOf(useClientState(), entry.fields.person, entry.fields.consultation);
  // Who is called away while a note is open must not lose it.
  const leave = useRef(() => {});
  leave.current = () => props.save(entry);
  useEffect(() => () => leave.current(), []);
  return (
    <section className="person" aria-label={say("withYou")}>
      <header>
        <p className="token">{entry.token}</p>
        <div>
          <h2>{nameOf(entry, common("unnamed"))}</h2>
          <Who entry={entry} />
        </div>
        <WithYou entry={entry} />
      </header>
      <p className="reason">
        <span className="label">{say("cameFor")}</span>{" "}
        {typeof reason === "string" && reason ? (
          <Name>{reason}</Name>
        ) : (
          <span className="soft">{say("notSaid")}</span>
        )}
      </p>
      <div className={visits.length > 0 ? "split" : ""}>
        {visits.length > 0 && <Past visits={visits} />}
        <Remedies entry={entry} find={props.find} />
      </div>
      <Note entry={entry} drafts={props.drafts} save={props.save} />
      {others.length > 0 && (
        <p className="soft note">
          {say("alsoWith")}: {others.map((one) => `${one.token} ${one.name ?? ""}`.trim()).join(", ")}
        </p>
      )}
    </section>
  );
}

function WithYou({ entry }: { entry: QueueEntry }) {
  const say = useWords(words);
  const state = useClientState();
  const now = useClinicNow(1000);
  const mean = expectationOf(state, { id: entry.guruji ?? "", fields: {} }).meanMinutes;
  return (
    <p className="timer">
      <span className="unseen">{say("withYouFor")} </span>
      {stopwatch(String(entry.fields.startedAt ?? entry.fields.calledAt ?? ""), now) ?? "–"}
      {typeof mean === "number" && <span className="soft">{say("usually", { count: mean })}</span>}
    </p>
  );
}

/** The next one is called and has not come yet. */
export function Called({ entry, onStart }: { entry: QueueEntry; onStart: (() => void) | undefined }) {
  const say = useWords(words);
  const common = useWords(desk);
  const state = useClientState();
  const now = useClinicNow(1000);
  const { zone } = usePlace();
  const wait = recallInMs(entry, now, recallAfterS(state));
  const times = typeof entry.fields.recalls === "number" ? entry.fields.recalls + 1 : 1;
  const called = times === 1 ? say("calledOnce") : say("calledTimes", { n: times });
  return (
    <section className="person coming" aria-label={called}>
      <p>
        <Chip tone="flow" icon="bell" kind="solid">
          {called}
        </Chip>{" "}
        <WhyChip entry={entry} />
      </p>
      <p className="token">{entry.token}</p>
      <h2>{nameOf(entry, common("unnamed"))}</h2>
      <Who entry={entry} waited />
      <p className="timer">
        {stopwatch(String(entry.fields.calledAt ?? ""), now) ?? "–"}
        <span className="soft">
          {say("sinceCall")}
          {wait > 0 && ` · ${say("recallFrom", { time: clock(now + wait, zone) })}`}
        </span>
      </p>
      <Button kind="main" also="start" icon="play" shortcut="Enter" onClick={onStart}>
        {say("start")}
      </Button>
    </section>
  );
}

export function Free({ waiting }: { waiting: number }) {
  const say = useWords(words);
  const common = useWords(desk);
  return (
    <section className="person idle">
      {waiting > 0 ? (
        <Empty icon="hourglass" title={say("nobody")}>
          {common("waiting", { count: waiting })}
        </Empty>
      ) : (
        <Empty icon="check" title={say("nobodyWaits")}>
          {say("nobodyWaitsWhy")}
        </Empty>
      )}
    </section>
  );
}

export function Away({ stage, own }: { stage: Extract<Stage, { name: "away" }>; own: string }) {
  const say = useWords(words);
  const { zone } = usePlace();
  const set = useSetAvailability(own);
  const title = stage.off
    ? say("offNow")
    : stage.until
      ? say("breakUntil", { time: clock(stage.until, zone) })
      : say("breakNow");
  return (
    <section className="person idle">
      <Empty
        icon={stage.off ? "moon" : "pause"}
        title={title}
        action={
          <Button kind="main" icon="check" onClick={() => set("available")}>
            {say("comeBack")}
          </Button>
        }
      >
        {say("theyKnow")}
      </Empty>
    </section>
  );
}
