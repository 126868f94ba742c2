import { gurujisOf } from "@sangam/sdk";
import { AvailabilityPanel } from "../desk/AvailabilityPanel.tsx";
import { MovePanel } from "../desk/MovePanel.tsx";
import { movesOf } from "../desk/moves.ts";
import { useClientState } from "../screen/client.tsx";
import { later } from "../screen/later.tsx";
import { Bookings } from "./Bookings.tsx";
import { CheckIn } from "./CheckIn.tsx";
import { useDeeds } from "./deeds.ts";
import type { Desk } from "./desk.ts";
import { chosen, EMPTY } from "./draft.ts";
import { EmergencyPanel } from "./EmergencyPanel.tsx";
import { GroupPanel } from "./GroupPanel.tsx";
import { Palette } from "./Palette.tsx";
import { Paper } from "./Paper.tsx";
import { Prioritise } from "./Prioritise.tsx";
import { everybody } from "./people.ts";
import { Sheet } from "./Sheet.tsx";
import "./checkin.css";

const PeoplePanel = later(async () => (await import("./PeoplePanel.tsx")).PeoplePanel);

/** What lies above the desk: one panel at a time, and none most of the time. */
export function Above({ desk, togglePending }: { desk: Desk; togglePending(): void }) {
  const state = useClientState();
  const { deedsOf, ofScreen } = useDeeds(desk, state, togglePending);
  const { over } = desk;
  const close = () => desk.setOver(null);
  switch (over?.what) {
    case "check_in":
      return (
        <CheckIn
          draft={desk.draft}
          setDraft={desk.setDraft}
          onClose={close}
          onOpen={(entry) => {
            close();
            desk.choose(entry);
          }}
        />
      );
    case "several":
      return <GroupPanel group={desk.group} setGroup={desk.setGroup} onClose={close} />;
    case "bookings":
      return (
        <Bookings
          draft={desk.booking}
          setDraft={desk.setBooking}
          onCheckIn={(known) => desk.startCheckIn(chosen(EMPTY, known))}
          onClose={close}
        />
      );
    case "people":
      return <PeoplePanel person={personOf(desk)} onClose={close} />;
    case "emergency":
      return <EmergencyPanel chosen={waitingOf(desk)} onRaise={desk.raise} onClose={close} />;
    case "transfer":
      return (
        <MovePanel
          entry={over.entry}
          onMove={(guruji, reason) => desk.act("transfer", { guruji, ...(reason ? { reason } : {}) })}
          onClose={close}
        />
      );
    case "prioritise":
      return <Prioritise entry={over.entry} onDo={(data) => desk.act("prioritise", data)} onClose={close} />;
    case "availability": {
      const guruji = gurujisOf(state).find((one) => one.id === over.guruji);
      return guruji ? <AvailabilityPanel guruji={guruji} onClose={close} /> : null;
    }
    case "palette":
      return (
        <Palette
          people={everybody(state)}
          chosen={desk.chosen}
          deedsOf={deedsOf}
          ofScreen={ofScreen}
          onOpen={(entry) => desk.choose(entry.id)}
          onNew={(name) => desk.startCheckIn({ name })}
          onKeys={() => desk.setOver({ what: "keys" })}
          onClose={close}
        />
      );
    case "paper":
      return <Paper onClose={close} />;
    case "keys":
      return <Sheet onClose={close} />;
  }
  return null;
}

/** The chosen one, if they can still be put first. */
const waitingOf = ({ chosen }: Desk) => (chosen && movesOf(chosen).includes("prioritise") ? chosen : null);

/** Who the chosen one is, where that is known. */
function personOf({ chosen }: Desk): string {
  const person = chosen?.fields.person;
  return typeof person === "string" ? person : "";
}
