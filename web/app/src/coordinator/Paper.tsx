import { clinicNow, pendingOf, type QueueEntry } from "@sangam/sdk";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Name, Notice, Token } from "../blocks/small.tsx";
import { StatusChip, WhyChip } from "../desk/why.tsx";
import { useClientState, useDataAge, usePlace } from "../screen/client.tsx";
import { useCommon, useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { bookingsOf, isComing } from "./bookings.ts";
import { type LaneOf, lanesOf } from "./desk.ts";
import { paper } from "./paperWords.ts";
import "./paper.css";

/** Lines to be written on. */
const BY_HAND = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** The queue as a sheet for the desk, by which it goes on when the box is off: what this screen knows, and from when. */
export function Paper({ onClose }: { onClose(): void }) {
  const say = useWords(paper);
  const { lang } = useLanguage();
  const { name, zone } = usePlace();
  const state = useClientState();
  const age = useDataAge();
  const asAt = clinicNow(state, Date.now() - (age.ms ?? 0));
  const late = age.offline || age.stale;
  const unsent = pendingOf(state).waiting.length;
  return (
    <Panel
      also="paper"
      title={say("title")}
      onClose={onClose}
      foot={
        <>
          <span className="soft note">{say("how")}</span>
          <Button kind="main" also="push" icon="printer" data-first="" onClick={() => print()}>
            {say("print")}
          </Button>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <article className="sheet" tabIndex={0} aria-label={say("title")}>
        <header>
          <h3>
            <Name>{name || "Sangam"}</Name>
          </h3>
          <p>
            {dayAndDate(asAt, lang, zone)}. <strong>{say("asAt", { time: clock(asAt, zone) })}</strong>
          </p>
        </header>
        {(late || unsent > 0) && (
          <Notice tone="heed" icon="clock" title={say("asAt", { time: clock(asAt, zone) })}>
            {late && say("notSince")} {unsent > 0 && say("unsent", { count: unsent })}
          </Notice>
        )}
        {lanesOf(state).map((lane) => (
          <LaneOnPaper key={lane.guruji.id} lane={lane} />
        ))}
        <Booked />
        <section>
          <h4>{say("byHand")}</h4>
          <table>
            <Heads of={["cameAt", "name", "guruji", "seen"]} />
            <tbody>
              {BY_HAND.map((line) => (
                <tr key={line}>
                  <td />
                  <td />
                  <td />
                  <td className="tick" />
                </tr>
              ))}
            </tbody>
          </table>
          <p className="note">
            {say("byHandHow")} {say("shred")}
          </p>
        </section>
      </article>
    </Panel>
  );
}

function Heads({ of }: { of: readonly Head[] }) {
  const say = useWords(paper);
  return (
    <thead>
      <tr>
        {of.map((head) => (
          <th scope="col" key={head}>
            {say(head)}
          </th>
        ))}
      </tr>
    </thead>
  );
}
type Head = "place" | "token" | "name" | "why" | "cameAt" | "guruji" | "time" | "seen";

function LaneOnPaper({ lane: { guruji, parts } }: { lane: LaneOf }) {
  const say = useWords(paper);
  const common = useCommon();
  const { now, line, aside } = parts;
  const all = [...now, ...line, ...aside];
  const facts = [
    guruji.room && common("room", { room: guruji.room }),
    say("waitingOf", { count: line.length }),
  ];
  return (
    <section>
      <h4>
        <Name>{guruji.name}</Name> <span className="soft">{facts.filter(Boolean).join(" · ")}</span>
      </h4>
      {all.length === 0 ? (
        <p>{say("nobody")}</p>
      ) : (
        <table>
          <Heads of={["place", "token", "name", "why", "cameAt", "seen"]} />
          <tbody>
            {all.map((entry) => (
              <Row key={entry.id} entry={entry} place={line.indexOf(entry) + 1} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** `place` 0: called, inside or aside, which stands in its stead. */
function Row({ entry, place }: { entry: QueueEntry; place: number }) {
  const { zone } = usePlace();
  return (
    <tr>
      <td>{place || ""}</td>
      <td>
        <Token>{entry.token}</Token>
      </td>
      <td>{entry.name && <Name>{entry.name}</Name>}</td>
      <td>{place ? <WhyChip entry={entry} /> : <StatusChip status={entry.status} kind="quiet" />}</td>
      <td>{entry.checkedInAt && clock(entry.checkedInAt, zone)}</td>
      <td className="tick" />
    </tr>
  );
}

function Booked() {
  const say = useWords(paper);
  const { zone } = usePlace();
  const state = useClientState();
  const names = new Map(lanesOf(state).map(({ guruji }) => [guruji.id, guruji.name]));
  const coming = bookingsOf(state, state.view?.day ?? "", []).filter(isComing);
  if (coming.length === 0) return null;
  return (
    <section>
      <h4>{say("booked")}</h4>
      <table>
        <Heads of={["time", "name", "guruji", "seen"]} />
        <tbody>
          {coming.map((one) => (
            <tr key={one.id}>
              <td>{clock(one.slot, zone)}</td>
              <td>
                <Name>{one.name}</Name>
              </td>
              <td>
                <Name>{names.get(one.guruji) ?? ""}</Name>
              </td>
              <td className="tick" />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
