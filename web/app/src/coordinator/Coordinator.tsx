import { type KeyboardEvent, type RefObject, useCallback, useMemo, useRef, useState } from "react";
import { Button, Empty, Notice } from "../blocks/small.tsx";
import { useSteady } from "../blocks/steady.ts";
import { Bar } from "../desk/Bar.tsx";
import { lineBeside, lineOf, useKeptFocus } from "../desk/focus.ts";
import { KEY_OF, type Move } from "../desk/moves.ts";
import { Freshness } from "../desk/Trouble.tsx";
import { useClient, useTold } from "../screen/client.tsx";
import { useKeys } from "../screen/keys.ts";
import { soon } from "../screen/later.tsx";
import { sameFields } from "../screen/same.ts";
import { useWords } from "../words/Language.tsx";
import { DeskLane } from "./DeskLane.tsx";
import { type Desk, intakeOf, type LaneOf, lanesOf, useDesk, useLanes } from "./desk.ts";
import { found, plain } from "./people.ts";
import { Selection } from "./Selection.tsx";
import { Tools } from "./Tools.tsx";
import { coordinator } from "./words.ts";

const Emergencies = soon(async () => (await import("../desk/Emergencies.tsx")).Emergencies);
const Refusal = soon(async () => (await import("../desk/Refusal.tsx")).Refusal);
const Told = soon(async () => (await import("../desk/Told.tsx")).Told);
const StaffDrawer = soon(async () => (await import("../desk/StaffDrawer.tsx")).StaffDrawer);
const Sheet = soon(async () => (await import("./Sheet.tsx")).Sheet);
const Above = soon(async () => (await import("./Above.tsx")).Above);

/** From here on the drawer stands beside the work instead of over it. */
const WIDE = "(width >= 84rem)";

/** The whole queue at once, a lane for each guruji; what can be done with the chosen person at the foot. */
export function Coordinator() {
  const say = useWords(coordinator);
  const client = useClient();
  const desk = useDesk();
  const [typed, setTyped] = useState("");
  const [drawer, setDrawer] = useState(() => matchMedia(WIDE).matches);
  const toggle = useCallback(() => setDrawer((open) => !open), []);
  const field = useRef<HTMLInputElement>(null);
  const place = useRef<HTMLElement>(null);
  const notices = useRef<HTMLDivElement>(null);
  const hits = useTold((state) =>
    plain(typed) ? foundIn(lanesOf(state), typed).flatMap(inLane).length : null,
  );
  useDeskKeys(desk, place, field);

  return (
    <div className={drawer ? "desk coordinator" : "desk coordinator undrawn"}>
      <Bar title={say("title")} Sheet={Sheet} drawer={{ open: drawer, toggle }} />
      <div className="desk-body">
        <main>
          <Tools
            field={field}
            typed={typed}
            hits={hits}
            onType={setTyped}
            onFirst={() => {
              const first = foundIn(lanesOf(client.getState()), typed).flatMap(inLane)[0];
              if (first) desk.choose(first.id);
            }}
            onCheckIn={() => desk.startCheckIn()}
            onSeveral={() => desk.setOver({ what: "several" })}
            onBookings={() => desk.setOver({ what: "bookings" })}
            onPeople={() => desk.setOver({ what: "people" })}
            onEmergency={() => desk.setOver({ what: "emergency" })}
          />
          <div className="work">
            <div className="over-work" ref={notices}>
              <Emergencies onOpen={desk.choose} />
              {!drawer && <Refusal />}
              <Freshness />
              <Told />
              <Intake desk={desk} />
              {hits === 0 && (
                <Notice tone="rest" icon="search" title={say("foundNobody", { text: typed.trim() })}>
                  {say("foundNobodyWhy")}
                </Notice>
              )}
            </div>
            <Lanes typed={typed} desk={desk} place={place} notices={notices} />
          </div>
          <Selection entry={desk.chosen} undo={desk.undo} onMove={(move) => desk.act(move)} />
        </main>
        {drawer && <StaffDrawer onClose={toggle} />}
      </div>
      {desk.over && <Above desk={desk} togglePending={toggle} />}
    </div>
  );
}

const inLane = ({ parts }: LaneOf) => [...parts.now, ...parts.line, ...parts.aside];

/** The lanes with those in sight whom the search means. */
function foundIn(lanes: readonly LaneOf[], typed: string): readonly LaneOf[] {
  if (!plain(typed)) return lanes;
  return lanes.map((lane) => {
    const { now, line, aside } = lane.parts;
    return {
      ...lane,
      parts: { now: found(now, typed), line: found(line, typed), aside: found(aside, typed) },
    };
  });
}

function Lanes(props: {
  typed: string;
  desk: Desk;
  place: RefObject<HTMLElement | null>;
  notices: RefObject<HTMLElement | null>;
}) {
  const { typed, desk, place, notices } = props;
  const say = useWords(coordinator);
  const steady = useSteady(useLanes(), place, notices);
  const lanes = useMemo(() => foundIn(steady, typed), [steady, typed]);
  useKeptFocus(place);
  const { setOver } = desk;
  const onAvailability = useCallback(
    (guruji: string) => setOver({ what: "availability", guruji }),
    [setOver],
  );
  const onChoose = useCallback((entry: { id: string }) => desk.choose(entry.id), [desk.choose]);
  function arrows(event: KeyboardEvent) {
    const from = (event.target as HTMLElement).closest<HTMLElement>("[data-line]");
    const to = from && place.current && lineBeside(place.current, from, event.key);
    if (!to) return;
    event.preventDefault();
    to.focus();
    desk.choose(to.dataset.line ?? null);
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="lanes" tabIndex={0} aria-label={say("wholeQueue")} ref={place} onKeyDown={arrows}>
      {lanes.length === 0 && (
        <Empty icon="users" title={say("noGurujis")}>
          {say("noGurujisWhy")}
        </Empty>
      )}
      {lanes.map((lane) => (
        <DeskLane
          key={lane.guruji.id}
          lane={lane}
          active={desk.lane === lane.guruji.id}
          chosen={desk.chosen?.guruji === lane.guruji.id ? desk.chosen.id : null}
          onChoose={onChoose}
          onAvailability={onAvailability}
          onCallNext={desk.callNext}
        />
      ))}
    </section>
  );
}

function Intake({ desk }: { desk: Desk }) {
  const say = useWords(coordinator);
  const { closed, reason } = useTold(intakeOf, sameFields);
  if (!closed) return null;
  return (
    <Notice tone="heed" icon="sliders" title={say("intakeClosed")}>
      <p>{[reason, say("intakeClosedWhy")].filter(Boolean).join(" · ")}</p>
      <p className="actions">
        <Button onClick={() => desk.setIntake(true)}>{say("openIntake")}</Button>
      </p>
    </Notice>
  );
}

const SINGLE: readonly Move[] = [
  "call",
  "recall",
  "no_answer",
  "transfer",
  "prioritise",
  "complete",
  "start",
  "reinstate",
];

function useDeskKeys(
  desk: Desk,
  place: RefObject<HTMLElement | null>,
  field: RefObject<HTMLInputElement | null>,
) {
  const client = useClient();
  const { lane } = desk;
  const keys: Record<string, (() => void) | undefined> = {
    c: () => desk.startCheckIn(),
    m: () => desk.setOver({ what: "several" }),
    a: () => desk.setOver({ what: "bookings" }),
    w: () => desk.setOver({ what: "people" }),
    e: () => desk.setOver({ what: "emergency" }),
    n: lane ? () => desk.callNext(lane) : undefined,
    u: desk.undo.undo,
    h: () => desk.act(desk.chosen?.status === "on_hold" ? "resume" : "hold"),
    "/": () => field.current?.focus(),
    "Ctrl+K": () => desk.setOver({ what: "palette" }),
    "Ctrl+P": () => desk.setOver({ what: "paper" }),
  };
  for (const move of SINGLE) keys[String(KEY_OF[move]).toLowerCase()] = () => desk.act(move);
  for (let i = 0; i < 9; i++) {
    keys[String(i + 1)] = () => {
      const lane = lanesOf(client.getState())[i];
      if (!lane) return;
      desk.setLane(lane.guruji.id);
      const first = lane.parts.line[0] ?? lane.parts.now[0];
      if (!first) return;
      desk.choose(first.id);
      lineOf(place.current, first.id)?.focus();
    };
  }
  useKeys(keys);
}
