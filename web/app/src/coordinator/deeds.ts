import { gurujisOf, type QueueEntry, type State } from "@sangam/sdk";
import { KEY_OF, type Move, movesOf } from "../desk/moves.ts";
import { desk as deskWords } from "../desk/words.ts";
import { useClient } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { type Desk, intakeOf } from "./desk.ts";
import type { Deed } from "./hits.ts";
import { panels } from "./panelWords.ts";
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

/** What the palette can do: with somebody, who is the chosen one from then on, and on this screen. */
export function useDeeds(desk: Desk, state: State, togglePending: () => void) {
  const client = useClient();
  const say = useWords(panels);
  const own = useWords(coordinator);
  const words = useWords(deskWords);
  const deedsOf = (entry: QueueEntry): readonly Deed[] =>
    movesOf(entry).map((move) => ({
      key: move,
      icon: ICON_OF[move] ?? "chevron-right",
      name: words(`do.${move}`),
      ...(KEY_OF[move] ? { shortcut: KEY_OF[move] } : {}),
      run: () => {
        desk.choose(entry.id);
        desk.actOn(entry, move);
      },
    }));
  const closed = intakeOf(state).closed;
  const ofScreen: Deed[] = [
    { key: "check_in", icon: "plus", name: own("checkIn"), shortcut: "C", run: () => desk.startCheckIn() },
    {
      key: "several",
      icon: "users",
      name: own("keySeveral"),
      shortcut: "M",
      run: () => desk.setOver({ what: "several" }),
    },
    {
      key: "bookings",
      icon: "calendar",
      name: own("bookings"),
      shortcut: "A",
      run: () => desk.setOver({ what: "bookings" }),
    },
    {
      key: "people",
      icon: "user",
      name: own("people"),
      shortcut: "W",
      run: () => desk.setOver({ what: "people" }),
    },
    ...gurujisOf(state).flatMap(({ id, name }): Deed[] => [
      { key: `next ${id}`, icon: "bell", name: say("callNextOf", { name }), run: () => desk.callNext(id) },
      {
        key: `break ${id}`,
        icon: "pause",
        name: say("breakOf", { name }),
        run: () => desk.setOver({ what: "availability", guruji: id }),
      },
    ]),
    {
      key: "paper",
      icon: "printer",
      name: say("printQueue"),
      shortcut: "Ctrl P",
      run: () => desk.setOver({ what: "paper" }),
    },
    { key: "pending", icon: "inbox", name: say("openPending"), run: togglePending },
    {
      key: "intake",
      icon: "sliders",
      name: closed ? own("openIntake") : say("closeIntake"),
      run: () => desk.setIntake(closed),
    },
    {
      key: "emergency",
      icon: "siren",
      name: own("emergency"),
      shortcut: "E",
      run: () => desk.setOver({ what: "emergency" }),
    },
    {
      key: "keys",
      icon: "keyboard",
      name: say("allKeys"),
      shortcut: "?",
      run: () => desk.setOver({ what: "keys" }),
    },
    {
      key: "sign_out",
      icon: "lock",
      name: say("signOut"),
      // The sheet says who is signed in, and why they still are.
      run: () => client.signOut().catch(() => desk.setOver({ what: "keys" })),
    },
  ];
  return { deedsOf, ofScreen };
}
