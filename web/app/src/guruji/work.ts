import { clinicNow, type QueueEntry } from "@sangam/sdk";
import { useMemo, useRef } from "react";
import { type Move, move, recallInMs } from "../desk/moves.ts";
import { recallAfterS } from "../desk/settings.ts";
import { useUndo } from "../desk/undo.ts";
import { useClient } from "../screen/client.tsx";
import type { Drafts } from "./Care.tsx";
import { maySettle, type Stage } from "./flow.ts";
import { lookInto, noteOf } from "./history.ts";

/** What a guruji can do at a stage. */
export interface Work {
  /** The next step: call, start, finish and call. Undefined while there is none. */
  main: (() => void) | undefined;
  /** What a key or a button of the foot does, when it fits the stage. */
  on(what: Move): (() => void) | undefined;
  transfer(entry: QueueEntry, to: string, reason: string): void;
  undo: ReturnType<typeof useUndo>;
  drafts: Drafts;
  saveNote(entry: QueueEntry): void;
}

const FITS: Record<Stage["name"], readonly Move[]> = {
  here: ["complete", "hold", "transfer"],
  called: ["recall", "no_answer", "hold", "transfer"],
  free: [],
  away: [],
};

export function useWork(
  own: string,
  stage: Stage,
  someWait: boolean,
  setMoving: (entry: QueueEntry | null) => void,
): Work {
  const client = useClient();
  const undo = useUndo();
  const drafts = useMemo<Drafts>(() => new Map(), []);
  const entry = stage.name === "here" || stage.name === "called" ? stage.entry : null;
  const shown = `${stage.name} ${entry?.id ?? ""}`;
  const shownSince = useRef({ shown, at: 0 });
  if (shownSince.current.shown !== shown) shownSince.current = { shown, at: Date.now() };

  function saveNote(of: QueueEntry) {
    const text = drafts.get(of.id);
    if (text === undefined) return;
    drafts.delete(of.id);
    const consultation = String(of.fields.consultation ?? "");
    // While a start is on its way the consultation has no id here; the entry stands for it.
    if (consultation && text === noteOf(lookInto(client.getState()), consultation)) return;
    client.act("consultation.note", { entry: of.id, text });
  }
  function act(of: QueueEntry, what: Move, more = {}) {
    if (what === "complete") saveNote(of);
    const data = { ...more, entry: of.id };
    undo.follow(move(client, of, what, more), `queue.${what}`, data, of);
  }
  function callNext() {
    undo.follow(client.act("queue.call_next", { guruji: own }), "queue.call_next", { guruji: own }, null);
  }
  const mains: Record<Stage["name"], (() => void) | undefined> = {
    here: () => {
      if (!entry) return;
      act(entry, "complete");
      if (someWait) callNext();
    },
    called: () => entry && act(entry, "start"),
    free: someWait ? callNext : undefined,
    away: undefined,
  };
  const next = mains[stage.name];
  const main = next && (() => maySettle(shownSince.current.at, Date.now()) && next());

  function on(what: Move) {
    if (!entry || !FITS[stage.name].includes(what)) return undefined;
    if (what === "transfer") return () => setMoving(entry);
    const state = client.getState();
    if (what === "recall" && recallInMs(entry, clinicNow(state, Date.now()), recallAfterS(state)) > 0)
      return undefined;
    return () => act(entry, what);
  }
  function transfer(of: QueueEntry, to: string, reason: string) {
    setMoving(null);
    act(of, "transfer", { guruji: to, ...(reason ? { reason } : {}) });
  }
  return { main: main as Work["main"], on, transfer, undo, drafts, saveNote };
}
