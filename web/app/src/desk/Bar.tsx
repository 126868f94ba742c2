import { type ComponentType, type ReactNode, useState } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { pendingCount } from "../blocks/pendingCount.ts";
import { Button, Name } from "../blocks/small.tsx";
import { ScreenAge, ScreenLinks, useByClinicTime, usePlace, useTold } from "../screen/client.tsx";
import { useKeys } from "../screen/keys.ts";
import { soon } from "../screen/later.tsx";
import { sameFields } from "../screen/same.ts";
import { useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { doubtCount, doubtsOf } from "./doubts.ts";
import type { KeyGroup } from "./KeySheet.tsx";
import { desk } from "./words.ts";

const KeySheet = soon(async () => (await import("./KeySheet.tsx")).KeySheet);

/** On top of every staff screen: where, what, what time, the two links, what is pending, the keys and who one is. */
export function Bar(props: {
  title: ReactNode;
  /** Instead of the name of the place beside the mark. */
  brand?: string;
  /** What the keys do here; or a sheet of the screen's own that says it. */
  keys?: readonly KeyGroup[];
  Sheet?: ComponentType<{ onClose(): void }>;
  /** Opens and closes the drawer of pending changes; left out where there is none. */
  drawer?: { open: boolean; toggle(): void };
  brief?: boolean;
  children?: ReactNode;
}) {
  const say = useWords(desk);
  const place = usePlace();
  const [sheet, setSheet] = useState(false);
  useKeys({ "?": () => setSheet(true) });
  return (
    <header className="bar">
      <p className="brand">
        <Icon name="sangam" />{" "}
        {props.brief ? (
          <span className="unseen">Sangam</span>
        ) : (
          <Name>{(props.brand ?? place.name) || "Sangam"}</Name>
        )}
      </p>
      <h1>
        {props.title}{" "}
        {!props.brief && (
          <span className="soft">
            <DayAndTime />
          </span>
        )}
      </h1>
      <div className="push links-here">
        <ScreenLinks />
      </div>
      <ScreenAge />
      {props.children}
      {props.drawer && <PendingButton {...props.drawer} brief={props.brief === true} />}
      <Button
        kind="bare"
        icon="help"
        shortcut="?"
        aria-label={say("keysAndYou")}
        onClick={() => setSheet(true)}
      />
      {sheet && props.keys && <KeySheet groups={props.keys} onClose={() => setSheet(false)} />}
      {sheet && props.Sheet && <props.Sheet onClose={() => setSheet(false)} />}
    </header>
  );
}

function DayAndTime() {
  const { lang } = useLanguage();
  const { zone } = usePlace();
  return <>{useByClinicTime((now) => `${dayAndDate(now, lang, zone)}, ${clock(now, zone)}`, 1000)}</>;
}

/** How much waits, in words for a screen reader and as a tone for all: red only when something was refused. */
function PendingButton(props: { open: boolean; toggle(): void; brief: boolean }) {
  const say = useWords(desk);
  const { open, toggle, brief } = props;
  const { needsYou: refused, waiting } = useTold(pendingCount, sameFields);
  const { node } = usePlace();
  const needsYou = refused + useTold((state) => (node === "site" ? doubtCount(doubtsOf(state)) : 0));
  const tone = refused ? "alarm" : needsYou || waiting ? "heed" : "";
  const said = [
    needsYou && say("needYou", { count: needsYou }),
    waiting && say("willSendCount", { count: waiting }),
  ].filter(Boolean);
  return (
    <Button kind="bare" icon="inbox" aria-expanded={open} onClick={toggle} also="pending-button">
      <span {...(brief ? { className: "unseen" } : {})}>{say("pending")}</span>
      {said.length > 0 && (
        <span className={`chip ${tone}`}>
          <span aria-hidden="true">{needsYou || waiting}</span>
          <span className="unseen">, {said.join(", ")}</span>
        </span>
      )}
    </Button>
  );
}
