import { type GurujiRow, type QueueEntry, toBeCalled } from "@sangam/sdk";
import { memo, type ReactNode } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Line } from "../blocks/lines.tsx";
import { Chip, Name } from "../blocks/small.tsx";
import { useByClinicTime, useTold } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { waitRange } from "../words/times.ts";
import { expectationOf } from "./expect.ts";
import { minutesSince, stopwatch } from "./time.ts";
import { DoingChip, StatusChip, statusLook, WhyChip } from "./why.tsx";
import { desk } from "./words.ts";

/** A queue as it is told: who is called or inside, who waits in order, who stands aside. */
export interface LaneParts {
  now: readonly QueueEntry[];
  line: readonly QueueEntry[];
  aside: readonly QueueEntry[];
}

const NOW = new Set(["called", "in_service"]);

/** `gone` are the last of this queue that ended without being seen; they can be brought back. */
export function laneParts(queue: readonly QueueEntry[], gone: readonly QueueEntry[]): LaneParts {
  return {
    now: queue.filter((entry) => NOW.has(entry.status)),
    line: queue.filter((entry) => toBeCalled(entry.status)),
    aside: [...queue.filter((entry) => !NOW.has(entry.status) && !toBeCalled(entry.status)), ...gone],
  };
}

export interface LaneProps {
  guruji: GurujiRow;
  queue: readonly QueueEntry[];
  parts: LaneParts;
  chosen?: string | null;
  onChoose?(entry: QueueEntry): void;
  /** Beside the name: what the guruji does, and how it is changed. Left out: it is only said. */
  state?: ReactNode;
  action?: ReactNode;
}

/** One guruji: what they do, what a newcomer may expect, and everybody of their queue. */
export function Lane({ guruji, queue, parts, chosen, onChoose, state, action }: LaneProps) {
  const say = useWords(desk);
  const heading = `guruji-${guruji.id}`;
  const idle =
    guruji.availability === "on_break"
      ? "nobodyBreak"
      : guruji.availability === "off"
        ? "nobodyOff"
        : "nobodyNow";
  // Whoever is only searched for stands alone, and tells their place themselves.
  const waiting = queue.filter((entry) => toBeCalled(entry.status)).length;
  const whole = parts.line.length === waiting;
  const line = (entry: QueueEntry) => (
    <EntryLine
      key={entry.id}
      entry={entry}
      place={whole ? null : entry.position}
      chosen={chosen === entry.id}
      {...(onChoose ? { onChoose } : {})}
    />
  );
  return (
    <section className="lane" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>
          <Name>{guruji.name}</Name>
        </h2>
        {state ?? <DoingChip guruji={guruji} queue={queue} />}
        <p className="soft note">
          <Expect guruji={guruji} waiting={waiting} />
        </p>
        {action}
      </header>
      <ol aria-label={say("now")}>
        {parts.now.map(line)}
        {parts.now.length === 0 && (
          <li className="line now rest nobody">
            <span className="name soft">{say(idle)}</span>
          </li>
        )}
      </ol>
      <h3>
        <Icon name="hourglass" /> {useCommon()("waiting")} <span>{say("waited")}</span>
      </h3>
      {parts.line.length === 0 ? (
        <p className="nobody soft">{say("nobodyWaits")}</p>
      ) : (
        <div className="ruled">
          {whole && <Places upTo={parts.line.length} />}
          <ol>{parts.line.map(line)}</ol>
        </div>
      )}
      {parts.aside.length > 0 && (
        <>
          <h3>
            <Icon name="minus-circle" /> {say("aside")}
          </h3>
          <ol>{parts.aside.map(line)}</ol>
        </>
      )}
    </section>
  );
}

function Expect({ guruji, waiting }: { guruji: GurujiRow; waiting: number }) {
  const say = useWords(desk);
  const common = useCommon();
  const { longWait, meanMinutes: mean } = useTold((state) => expectationOf(state, guruji));
  const parts = [
    guruji.room && common("room", { room: guruji.room }),
    say("waiting", { count: waiting }),
    longWait ? common("overTwoHours") : waitRange(guruji.wait, common),
    typeof mean === "number" && say("minutesEach", { count: mean }),
  ];
  return <>{parts.filter(Boolean).join(" · ")}</>;
}

/**
 * The places beside a line, 1 to its end, written once and cut where the line ends: whoever leaves moves all behind
 * them up, and no number has to be written anew. A screen reader counts the list itself.
 */
const Places = memo(
  function Places({ upTo }: { upTo: number }) {
    const places = Array.from({ length: inFifties(upTo) }, (_, i) => i + 1);
    return (
      <p className="places" aria-hidden="true">
        {places.join("\n")}
      </p>
    );
  },
  (a, b) => inFifties(a.upTo) === inFifties(b.upTo),
);

const inFifties = (lines: number) => Math.ceil(lines / 50) * 50;

interface EntryLineProps {
  entry: QueueEntry;
  /** Told in the line itself; null where the places stand beside it, or where there is none. */
  place: number | null;
  chosen: boolean;
  onChoose?(entry: QueueEntry): void;
}

const sameLine = (a: EntryLineProps, b: EntryLineProps) =>
  a.entry.fields === b.entry.fields &&
  a.place === b.place &&
  a.entry.pending === b.entry.pending &&
  a.chosen === b.chosen &&
  a.onChoose === b.onChoose;

const EntryLine = memo(function EntryLine({ entry, place, chosen, onChoose }: EntryLineProps) {
  const say = useWords(desk);
  const inNow = NOW.has(entry.status);
  const aside = !inNow && !toBeCalled(entry.status);
  const emergency = entry.band === 0 && !aside;
  return (
    <Line
      id={entry.id}
      now={inNow}
      aside={aside}
      {...(emergency ? { tone: "alarm" as const } : inNow ? { tone: "flow" as const } : {})}
      place={inNow ? <Icon name={statusLook(entry.status).icon} /> : place}
      token={entry.token || "–"}
      name={entry.name ?? <span className="soft">{say(entry.token ? "unnamed" : "noToken")}</span>}
      chosen={chosen}
      tail={<Tail entry={entry} />}
      {...(onChoose ? { onChoose: () => onChoose(entry) } : {})}
    />
  );
}, sameLine);

function Tail({ entry }: { entry: QueueEntry }) {
  const say = useWords(desk);
  if (entry.pending) {
    return (
      <Chip tone="heed" icon="send" kind="quiet">
        {say("willSend")}
      </Chip>
    );
  }
  if (entry.status === "called") {
    return (
      <>
        <StatusChip status="called" kind="solid" />
        <Timer at={entry.fields.calledAt} />
      </>
    );
  }
  if (entry.status === "in_service") {
    return (
      <>
        <StatusChip status="in_service" kind="quiet" />
        <Timer at={entry.fields.startedAt ?? entry.fields.calledAt} />
      </>
    );
  }
  if (!toBeCalled(entry.status)) return <StatusChip status={entry.status} kind="quiet" />;
  return (
    <>
      <WhyChip entry={entry} />
      <Minutes at={entry.checkedInAt} />
    </>
  );
}

function Minutes({ at }: { at: string | null }) {
  const common = useCommon();
  const minutes = useByClinicTime((now) => minutesSince(at, now), 10_000);
  return <span className="mins">{minutes === null ? "" : common("minutes", { count: minutes })}</span>;
}

export function Timer({ at }: { at: unknown }) {
  const from = typeof at === "string" ? at : null;
  const said = useByClinicTime((now) => stopwatch(from, now), 1000);
  return <span className="mins">{said ?? ""}</span>;
}
