import type { Backlog, PendingAction, State } from "@sangam/sdk";
import { type ReactNode, useId } from "react";
import { useClient, usePlace, useTold } from "../screen/client.tsx";
import { sameFields } from "../screen/same.ts";
import { useCommon, useWords } from "../words/Language.tsx";
import { type PendingKey, pending as words } from "../words/pending.ts";
import { clock } from "../words/times.ts";
import { useActionWords, useWhy } from "./actions.ts";
import { Icon, type IconName } from "./Icon.tsx";
import { Button, Chip, Empty, type Tone } from "./small.tsx";

/**
 * The record of what has not settled yet, in three parts; a toast never is. `more` are things of the
 * screen's own that need somebody, such as one person twice.
 */
export function Drawer({ onClose, more }: { onClose?: () => void; more?: ReactNode }) {
  const say = useWords(words);
  const common = useCommon();
  const { pending, uplink: line, mode, queueDurable } = useTold(kept, sameFields);
  const heading = useId();
  const mine = pending.filter((one) => one.mine);
  const refused = mine.filter((one) => one.state === "rejected");
  const waiting = mine.filter((one) => one.state !== "rejected");
  const uplink = line && line.state !== "off" ? line : null;
  const backlog = uplink && uplink.backlog.records > 0 ? uplink.backlog : null;
  const nothing = pending.length === 0 && !backlog && !more;
  return (
    <aside className="drawer" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{say("title")}</h2>
        {onClose && <Button kind="bare" aria-label={common("close")} onClick={onClose} icon="x" />}
      </header>
      {(refused.length > 0 || more) && <h3 className="label">{say("needsYou")}</h3>}
      {refused.map((one) => (
        <Refused key={one.id} action={one} />
      ))}
      {more}
      {waiting.length > 0 && <h3 className="label">{say("willSendPart")}</h3>}
      {waiting.map((one) => (
        <Waiting key={one.id} action={one} />
      ))}
      <OfOthers pending={pending} />
      {backlog && (
        <SavedHere backlog={backlog} line={mode === "offline" ? "untold" : (uplink?.state ?? "")} />
      )}
      {nothing && (
        <Empty icon="check" title={say("nothing")}>
          {say("nothingWhy")}
        </Empty>
      )}
      <footer>
        <p className="note soft">{say(queueDurable ? "nothingLost" : "memoryOnly")}</p>
      </footer>
    </aside>
  );
}

const kept = ({ pending, uplink, connection, queueDurable }: State) => ({
  pending,
  uplink,
  mode: connection.mode,
  queueDurable,
});

function Article(props: { action: PendingAction; children: ReactNode }) {
  const { zone } = usePlace();
  return (
    <article className="pending">
      <header>
        <span>{useActionWords()(props.action)}</span>{" "}
        <span className="age">{clock(props.action.at, zone)}</span>
      </header>
      {props.children}
    </article>
  );
}

function Refused({ action }: { action: PendingAction }) {
  const say = useWords(words);
  const common = useCommon();
  const client = useClient();
  const why = useWhy();
  return (
    <Article action={action}>
      <p>
        <Chip tone="alarm" icon="triangle-alert">
          {say("refused")}
        </Chip>
      </p>
      <p>
        {why(action)} {say("nothingChanged")}
      </p>
      <p className="actions">
        <Button onClick={() => client.retry(action.id)}>{common("retry")}</Button>
        <Button kind="bare" onClick={() => client.discard(action.id)}>
          {common("discard")}
        </Button>
      </p>
    </Article>
  );
}

function Waiting({ action }: { action: PendingAction }) {
  const say = useWords(words);
  const chip =
    action.state === "applied" ? (
      <Chip tone="rest" icon="check">
        {say("saved")}
      </Chip>
    ) : (
      <Chip tone="heed" icon="send">
        {say(action.state === "sending" ? "sending" : "willSend")}
      </Chip>
    );
  return (
    <Article action={action}>
      <p>{chip}</p>
    </Article>
  );
}

/** Kept under their names on a shared device: shown, never sent by anybody else. */
function OfOthers({ pending }: { pending: readonly PendingAction[] }) {
  const say = useWords(words);
  const counts = new Map<string, number>();
  for (const one of pending) if (!one.mine) counts.set(one.user.name, (counts.get(one.user.name) ?? 0) + 1);
  if (counts.size === 0) return null;
  return (
    <>
      <h3 className="label">{say("othersPart")}</h3>
      {[...counts].map(([name, count]) => (
        <article className="pending" key={name}>
          <p>
            <Icon name="user" /> {say("ofOther", { count, name })}
          </p>
        </article>
      ))}
    </>
  );
}

const STOPPED = { tone: "alarm", icon: "triangle-alert", word: "centreStopped", why: "stoppedWhy" } as const;
const SILENT = { tone: "rest", icon: "cloud-off", word: "centreNotHeard", why: "safeHere" } as const;

/** What is true of the line while something waits here; `untold` while this screen does not hear its own site. */
const LINE: Readonly<
  Record<
    string,
    {
      tone: Tone;
      icon: IconName;
      word: PendingKey & `centre${string}`;
      why: "onTheWay" | "safeHere" | "stoppedWhy";
    }
  >
> = {
  live: { tone: "flow", icon: "activity", word: "centreOnTheWay", why: "onTheWay" },
  lagging: { tone: "heed", icon: "hourglass", word: "centreBehind", why: "onTheWay" },
  connecting: { tone: "rest", icon: "hourglass", word: "centreConnecting", why: "safeHere" },
  untold: { tone: "rest", icon: "help", word: "centreUntold", why: "safeHere" },
  clock_wrong: STOPPED,
  cloned: STOPPED,
  rejected: STOPPED,
};

function SavedHere({ backlog, line }: { backlog: Backlog; line: string }) {
  const say = useWords(words);
  const common = useCommon();
  const { zone } = usePlace();
  const { tone, icon, word, why } = LINE[line] ?? SILENT;
  return (
    <>
      <h3 className="label">{say("savedPart")}</h3>
      <article className="pending">
        <header>
          <span>{common("changes", { count: backlog.records })}</span>
          {backlog.oldestAt && (
            <span className="age">{say("since", { time: clock(backlog.oldestAt, zone) })}</span>
          )}
        </header>
        <p>
          <Chip tone={tone} icon={icon}>
            {say(word)}
          </Chip>
        </p>
        <p className="soft">{say(why)}</p>
      </article>
    </>
  );
}
