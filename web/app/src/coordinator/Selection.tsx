import type { QueueEntry } from "@sangam/sdk";
import { useState } from "react";
import type { IconName } from "../blocks/Icon.tsx";
import { Button, Name, Token } from "../blocks/small.tsx";
import { KEY_OF, type Move, movesOf, recallInMs } from "../desk/moves.ts";
import { inFives } from "../desk/phone.ts";
import { recallAfterS } from "../desk/settings.ts";
import { minutesSince } from "../desk/time.ts";
import type { Undo } from "../desk/undo.ts";
import { desk } from "../desk/words.ts";
import { useByClinicTime, usePlace, useTold } from "../screen/client.tsx";
import { soon } from "../screen/later.tsx";
import { useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import { coordinator } from "./words.ts";

const UndoButton = soon(async () => (await import("../desk/UndoButton.tsx")).UndoButton);
const ICONS: Record<Move, IconName> = {
  call: "bell",
  recall: "repeat",
  no_answer: "user-x",
  hold: "pause",
  resume: "play",
  start: "play",
  complete: "check",
  transfer: "transfer",
  prioritise: "flag",
  leave: "minus-circle",
  no_show: "user-x",
  cancel: "x",
  reinstate: "undo",
};
/** How many stand in the bar; what is rarer waits behind "More". */
const SHOWN = 3;

/** The chosen person and what can be done with them, always at the foot, the keys in the same order. */
export function Selection(props: { entry: QueueEntry | null; undo: Undo; onMove(move: Move): void }) {
  const { entry, undo, onMove } = props;
  const say = useWords(coordinator);
  const [more, setMore] = useState<string | null>(null);
  const moves = entry ? movesOf(entry) : [];
  const open = entry !== null && more === entry.id;
  const shown = open || moves.length <= SHOWN ? moves : moves.slice(0, SHOWN);
  if (!entry) {
    return (
      <div className="selection">
        <p className="soft">{say("chooseSomebody")}</p>
        <UndoButton undo={undo} also="push" />
      </div>
    );
  }
  return (
    <div className="selection" role="toolbar" aria-label={`${entry.token} ${entry.name ?? ""}`.trim()}>
      <p className="who">
        <Token>{entry.token || "–"}</Token> {entry.name && <Name>{entry.name}</Name>} <Facts entry={entry} />
      </p>
      <UndoButton undo={undo} also="push" />
      {shown.map((move) => (
        <MoveButton key={move} move={move} entry={entry} onMove={onMove} />
      ))}
      {shown.length < moves.length && (
        <Button kind="bare" aria-expanded={false} onClick={() => setMore(entry.id)}>
          {say("more")}
        </Button>
      )}
    </div>
  );
}

function MoveButton(props: { move: Move; entry: QueueEntry; onMove(move: Move): void }) {
  const { move, entry, onMove } = props;
  const say = useWords(desk);
  const { zone } = usePlace();
  const afterS = useTold(recallAfterS);
  const again = useByClinicTime((now) => {
    const wait = move === "recall" ? recallInMs(entry, now, afterS) : 0;
    return wait > 0 ? clock(now + wait, zone) : "";
  }, 1000);
  const shortcut = KEY_OF[move];
  return (
    <Button
      icon={ICONS[move]}
      {...(shortcut ? { shortcut } : {})}
      disabled={again !== ""}
      onClick={() => onMove(move)}
      title={again ? say("againFrom", { time: again }) : undefined}
    >
      {say(`do.${move}`)}
    </Button>
  );
}

function Facts({ entry }: { entry: QueueEntry }) {
  const say = useWords(coordinator);
  const { zone } = usePlace();
  const minutes = useByClinicTime((now) => minutesSince(entry.checkedInAt, now), 10_000);
  const { credit, misses } = entry.fields;
  // What the row itself does not say comes first: on narrow glass the end is cut.
  const facts = [
    typeof entry.fields.phone === "string" && inFives(entry.fields.phone),
    entry.checkedInAt && say("cameAt", { time: clock(entry.checkedInAt, zone) }),
    entry.position && say("placeIs", { n: entry.position }),
    minutes !== null && say("waitedMin", { n: minutes }),
    typeof credit === "number" && credit !== 0 && say("creditMin", { n: credit }),
    typeof misses === "number" && misses > 0 && say("missed", { count: misses }),
  ];
  return <span className="soft">{facts.filter(Boolean).join(" · ")}</span>;
}
