import type { ReactNode } from "react";
import { LanguageChoice } from "../blocks/choices.tsx";
import { Icon } from "../blocks/Icon.tsx";
import { Button, Chip, Empty, Name } from "../blocks/small.tsx";
import { useClientState, usePlace } from "../screen/client.tsx";
import { LANGS } from "../words/catalogue.ts";
import { useCommon, useWords } from "../words/Language.tsx";
import { clock, waitRange } from "../words/times.ts";
import { choicesOf, type Healer } from "./choices.ts";
import { OneMoment, Page } from "./Page.tsx";
import { kiosk } from "./words.ts";

/** More than these stand in two columns. */
const FEW = 5;

export interface AskProps {
  /** Whose card was touched; undefined: none, an appointment is being checked in. */
  busy: { guruji: string | null | undefined } | null;
  onChoose(guruji: string | null): void;
  onShow(name: "help" | "appointment"): void;
  /** Seconds until it goes back to its first language; null: nothing to clear. */
  left: number | null;
}

/** Who would you like to see: one tap is a token. */
export function Ask({ busy, onChoose, onShow, left }: AskProps) {
  const say = useWords(kiosk);
  const state = useClientState();
  const { whoever, healers } = choicesOf(state);
  const offline = state.connection.mode === "offline";
  const many = healers.length > FEW;
  return (
    <Page>
      <LanguageChoice among={LANGS} />
      <div className="question">
        <h1>{say("question")}</h1>
        {/* One line, whatever it says: what may be touched below keeps its place. */}
        {busy && busy.guruji === undefined ? (
          <OneMoment />
        ) : offline ? (
          <p className="soft">
            <Icon name="cloud-off" /> {say("aloneLine")}
          </p>
        ) : (
          <p className="soft">{say("touchName")}</p>
        )}
      </div>
      {healers.length === 0 ? (
        <Empty icon="inbox" title={say("nobodyHere")}>
          {say("nobodyHereWhy")}
        </Empty>
      ) : (
        <ul className={many ? "healers many" : "healers"}>
          {whoever && (
            <li>
              <Card
                first
                busy={busy && busy.guruji === null}
                disabled={busy !== null}
                onChoose={() => onChoose(null)}
              >
                <Cells name={<strong>{say("whoever")}</strong>} queue={offline ? null : whoever} />
              </Card>
            </li>
          )}
          {healers.map((one) => (
            <li key={one.id}>
              <Card
                busy={busy?.guruji === one.id}
                disabled={busy !== null || one.full}
                onChoose={() => onChoose(one.id)}
              >
                <HealerCells healer={one} offline={offline} many={many} />
              </Card>
            </li>
          ))}
        </ul>
      )}
      <nav className="asides" aria-label={say("help")}>
        <Button icon="calendar" onClick={() => onShow("appointment")}>
          {say("appointment")}
        </Button>
        <Button icon="help" onClick={() => onShow("help")}>
          {say("help")}
        </Button>
        {left !== null && left <= 10 && <p className="clears soft">{say("clears", { count: left })}</p>}
      </nav>
    </Page>
  );
}

function Card(props: {
  first?: boolean;
  busy: boolean | null;
  disabled: boolean;
  onChoose(): void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      className={props.first ? "healer first" : "healer"}
      aria-busy={props.busy === true}
      disabled={props.disabled && !props.busy}
      onClick={() => !props.disabled && props.onChoose()}
    >
      {props.children}
      {props.busy && <OneMoment />}
    </button>
  );
}

function HealerCells({ healer, offline, many }: { healer: Healer; offline: boolean; many: boolean }) {
  const say = useWords(kiosk);
  const { zone } = usePlace();
  const resting = healer.restsUntil;
  const note = healer.full ? (
    <Chip tone="rest" icon="lock">
      {say("tokensOver")}
    </Chip>
  ) : resting !== undefined ? (
    <Chip tone="heed" icon="pause">
      {resting ? say("restingUntil", { time: clock(resting, zone) }) : say("resting")}
    </Chip>
  ) : undefined;
  return (
    <Cells
      name={
        <strong>
          <Name>{healer.name}</Name>
        </strong>
      }
      room={healer.room}
      queue={offline ? null : healer}
      note={note}
      brief={many}
    />
  );
}

function Cells(props: {
  name: ReactNode;
  room?: string | null;
  /** Null: not known, since nothing is heard. */
  queue: Pick<Healer, "ahead" | "wait" | "longWait"> | null;
  note?: ReactNode;
  /** Room for the most important only: where, and the wait or why there is none. */
  brief?: boolean;
}) {
  const say = useWords(kiosk);
  const common = useCommon();
  const { ahead = null, wait = null, longWait = false } = props.queue ?? {};
  const range = longWait ? common("overTwoHours") : waitRange(wait, common);
  const people = ahead === null ? null : ahead === 0 ? say("aheadNone") : say("ahead", { count: ahead });
  const where = props.room ? common("room", { room: props.room }) : null;
  const told = <span className="wait">{range}</span>;
  const about =
    (props.brief && where ? [where] : [where, people]).filter(Boolean).join(" · ") || common("notKnown");
  const place = (
    <span className="soft">
      <Icon name={where ? "door" : "users"} /> {about}
    </span>
  );
  if (props.brief) {
    return (
      <>
        {props.name}
        {place}
        {props.note ?? told}
      </>
    );
  }
  return (
    <>
      {props.name}
      {told}
      {place}
      {props.note ?? <span className="soft">{longWait ? say("askDesk") : range && say("wait")}</span>}
    </>
  );
}
