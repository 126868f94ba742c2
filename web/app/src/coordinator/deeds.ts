import { gurujisOf, type State } from "@sangam/sdk";
import type { KeyGroup } from "../desk/KeySheet.tsx";
import { KEY_OF, type Move, movesOf } from "../desk/moves.ts";
import { desk as deskWords } from "../desk/words.ts";
import { useWords } from "../words/Language.tsx";
import type { Desk } from "./desk.ts";
import type { Deed } from "./hits.ts";
import { coordinator } from "./words.ts";

const ICON_OF: Partial<Record<Move, Deed["icon"]>> = {
  call: "bell",
  recall: "repeat",
  hold: "pause",
  transfer: "transfer",
  prioritise: "flag",
  complete: "check",
  start: "play",
};

/** What the palette can do: with the chosen one, and on this screen. */
export function useDeeds(desk: Desk, state: State, togglePending: () => void) {
  const say = useWords(coordinator);
  const words = useWords(deskWords);
  const { chosen } = desk;
  const ofChosen: Deed[] = (chosen ? movesOf(chosen) : []).map((move) => ({
    key: move,
    icon: ICON_OF[move] ?? "chevron-right",
    name: words(`do.${move}`),
    ...(KEY_OF[move] ? { shortcut: KEY_OF[move] } : {}),
    run: () => desk.act(move),
  }));
  const closed = intakeOf(state).closed;
  const ofScreen: Deed[] = [
    { key: "check_in", icon: "plus", name: say("checkIn"), shortcut: "C", run: () => desk.startCheckIn() },
    ...gurujisOf(state).flatMap(({ id, name }): Deed[] => [
      { key: `next ${id}`, icon: "bell", name: say("callNextOf", { name }), run: () => desk.callNext(id) },
      {
        key: `break ${id}`,
        icon: "pause",
        name: say("breakOf", { name }),
        run: () => desk.setOver({ what: "availability", guruji: id }),
      },
    ]),
    { key: "pending", icon: "inbox", name: say("openPending"), run: togglePending },
    {
      key: "intake",
      icon: "sliders",
      name: say(closed ? "openIntake" : "closeIntake"),
      run: () => desk.setIntake(closed),
    },
    {
      key: "emergency",
      icon: "siren",
      name: say("emergency"),
      shortcut: "E",
      run: () => desk.setOver({ what: "emergency" }),
    },
  ];
  return { ofChosen, ofScreen };
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

/** The sheet of this screen's keys. */
export function useSheet(): readonly KeyGroup[] {
  const say = useWords(coordinator);
  const words = useWords(deskWords);
  const of = (move: Move) => ({ keys: [KEY_OF[move] ?? ""], does: words(`do.${move}`) });
  return [
    {
      title: say("keysQueue"),
      keys: [
        { keys: ["C"], does: say("checkIn") },
        { keys: ["N"], does: say("keyNext") },
        { keys: ["E"], does: say("keyEmergency") },
        { keys: ["/"], does: say("keyFind") },
        { keys: ["1", "2", "3"], does: say("keyLane") },
        { keys: ["↑", "↓"], does: say("keyAlong") },
        { keys: ["←", "→"], does: say("keyBeside") },
        { keys: ["Ctrl", "K"], does: say("keyPalette") },
      ],
    },
    {
      title: say("keysChosen"),
      keys: [
        of("call"),
        of("recall"),
        of("no_answer"),
        { keys: ["H"], does: say("keyHold") },
        of("transfer"),
        of("prioritise"),
        of("start"),
        of("complete"),
        of("reinstate"),
        { keys: ["U"], does: say("keyUndo") },
      ],
    },
  ];
}
