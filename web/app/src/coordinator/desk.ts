import {
  clinicNow,
  entriesWith,
  entryById,
  type Fields,
  type GurujiRow,
  gurujisOf,
  type QueueEntry,
  queueOf,
  type State,
} from "@sangam/sdk";
import { type Dispatch, type SetStateAction, useCallback, useRef, useState } from "react";
import { type LaneParts, laneParts } from "../desk/Lane.tsx";
import { type Move, move, movesOf, recallInMs } from "../desk/moves.ts";
import { recallAfterS } from "../desk/settings.ts";
import { type Undo, useUndo } from "../desk/undo.ts";
import { useClient, useTold } from "../screen/client.tsx";
import { sameFields } from "../screen/same.ts";
import { type BookDraft, type Draft, EMPTY, type Group, NO_BOOKING, NO_GROUP } from "./draft.ts";
import type { Emergency } from "./EmergencyPanel.tsx";

/** How many of those who ended unseen a lane shows; the search finds the rest. */
const GONE = 4;

export interface LaneOf {
  guruji: GurujiRow;
  queue: readonly QueueEntry[];
  parts: LaneParts;
}

/** Every guruji with their queue; one who was switched off only while somebody still waits for them. */
export function lanesOf(state: State): readonly LaneOf[] {
  const gone = entriesWith(state, "no_show", "left", "cancelled");
  const lanes: LaneOf[] = [];
  for (const guruji of gurujisOf(state)) {
    const queue = queueOf(state, guruji.id);
    if (guruji.fields.disabled === true && queue.length === 0) continue;
    const own = gone.filter((entry) => entry.guruji === guruji.id).slice(-GONE);
    lanes.push({ guruji, queue, parts: laneParts(queue, own) });
  }
  return lanes;
}

const sameLane = (a: LaneOf, b: LaneOf): boolean =>
  a.guruji.fields === b.guruji.fields &&
  sameFields(a.guruji.wait, b.guruji.wait) &&
  sameFields(a.queue, b.queue) &&
  sameFields(a.parts.aside, b.parts.aside);

/** The lanes as they stand; one of which nothing is told anew stays the same object. */
export function useLanes(): readonly LaneOf[] {
  const last = useRef<readonly LaneOf[]>([]);
  return useTold((state) => {
    const lanes = lanesOf(state).map((lane) => {
      const before = last.current.find(({ guruji }) => guruji.id === lane.guruji.id);
      return before && sameLane(before, lane) ? before : lane;
    });
    last.current = sameFields(last.current, lanes) ? last.current : lanes;
    return last.current;
  });
}

/** Whether tokens are given, by the day's own record, which changes; the snapshot's word until it is there. */
export function intakeOf(state: State): { closed: boolean; reason: string } {
  for (const { fields } of state.rows.get("day")?.values() ?? []) {
    if (fields.date !== state.view?.day) continue;
    const closed = Boolean(fields.intakeClosed || fields.closedAt || fields.sealedAt);
    return { closed, reason: String(fields.intakeReason ?? fields.closedReason ?? "") };
  }
  const intake = state.view?.intake as { open?: boolean; reason?: string } | undefined;
  return { closed: intake?.open === false, reason: intake?.reason ?? "" };
}

/** What lies above the desk; one thing at a time. */
export type Over =
  | { what: "check_in" | "several" | "bookings" | "people" | "emergency" | "palette" | "paper" | "keys" }
  | { what: "transfer" | "prioritise"; entry: QueueEntry }
  | { what: "availability"; guruji: string }
  | null;

export interface Desk {
  chosen: QueueEntry | null;
  choose(entry: string | null): void;
  /** The guruji whose lane N, and nothing else, is about. */
  lane: string | null;
  setLane(guruji: string): void;
  over: Over;
  setOver(over: Over): void;
  draft: Draft;
  setDraft: Dispatch<SetStateAction<Draft>>;
  group: Group;
  setGroup: Dispatch<SetStateAction<Group>>;
  booking: BookDraft;
  setBooking: Dispatch<SetStateAction<BookDraft>>;
  undo: Undo;
  /** Acts on the chosen entry, or asks first what it needs to know; a move that does not fit it does nothing. */
  act(move: Move, more?: Fields): void;
  /** The same with another one. */
  actOn(entry: QueueEntry, move: Move, more?: Fields): void;
  callNext(guruji: string): void;
  raise(what: Emergency): void;
  setIntake(open: boolean): void;
  startCheckIn(over?: Partial<Draft>): void;
}

export function useDesk(): Desk {
  const client = useClient();
  const undo = useUndo();
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [laneId, setLane] = useState<string | null>(null);
  const [over, setOver] = useState<Over>(null);
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [group, setGroup] = useState<Group>(NO_GROUP);
  const [booking, setBooking] = useState<BookDraft>(NO_BOOKING);
  const chosen = useTold((state) => (chosenId ? entryById(state, chosenId) : null));
  const lane = useTold((state) => laneId ?? gurujisOf(state)[0]?.id ?? null);

  const choose = useCallback(
    (id: string | null) => {
      setChosenId(id);
      const guruji = id && entryById(client.getState(), id)?.guruji;
      if (guruji) setLane(guruji);
    },
    [client],
  );

  function actOn(entry: QueueEntry, what: Move, more?: Fields) {
    if (!movesOf(entry).includes(what)) return;
    const state = client.getState();
    if (what === "recall" && recallInMs(entry, clinicNow(state, Date.now()), recallAfterS(state)) > 0) return;
    if ((what === "transfer" || what === "prioritise") && !more) return setOver({ what, entry });
    setOver(null);
    const data = { ...more, entry: entry.id };
    undo.follow(move(client, entry, what, more), `queue.${what}`, data, entry);
  }

  const act = (what: Move, more?: Fields) => chosen && actOn(chosen, what, more);

  const { follow } = undo;
  const callNext = useCallback(
    (guruji: string) => {
      setLane(guruji);
      const act = client.act("queue.call_next", { guruji });
      follow(act, "queue.call_next", { guruji }, null);
      void act.settled.then((outcome) => {
        if (outcome.status !== "rejected") setChosenId(outcome.data.entry);
      });
    },
    [client, follow],
  );

  function startCheckIn(given?: Partial<Draft>) {
    if (given || draft.step === "token") setDraft({ ...EMPTY, ...given });
    setOver({ what: "check_in" });
  }

  function raise(what: Emergency) {
    if (what.who === "new") return startCheckIn({ emergency: true, reason: what.note });
    setOver(null);
    if (what.who === "nobody") {
      client.act("emergency.raise", {
        ...(what.place ? { place: what.place } : {}),
        ...(what.note ? { note: what.note } : {}),
      });
    } else act("prioritise", { emergency: true, reason: what.note });
  }

  const setIntake = (open: boolean) => void client.act("day.set_intake", { open });

  return {
    chosen,
    choose,
    lane,
    setLane,
    over,
    setOver,
    draft,
    setDraft,
    group,
    setGroup,
    booking,
    setBooking,
    undo,
    act,
    actOn,
    callNext,
    raise,
    setIntake,
    startCheckIn,
  };
}
