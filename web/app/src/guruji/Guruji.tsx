import { type GurujiRow, gurujisOf, type QueueEntry, queueOf, toBeCalled } from "@sangam/sdk";
import { useEffect, useRef, useState } from "react";
import { Choice } from "../blocks/choices.tsx";
import { Empty } from "../blocks/small.tsx";
import { useSetAvailability } from "../desk/availability.ts";
import { Bar } from "../desk/Bar.tsx";
import { Freshness } from "../desk/Trouble.tsx";
import { desk } from "../desk/words.ts";
import { useTold } from "../screen/client.tsx";
import { useKeys } from "../screen/keys.ts";
import { soon } from "../screen/later.tsx";
import { sameFields } from "../screen/same.ts";
import { useCommon, useWords } from "../words/Language.tsx";
import { Foot } from "./Foot.tsx";
import { type Stage, stageOf } from "./flow.ts";
import { Next } from "./Next.tsx";
import { Away, Called, Free } from "./Stages.tsx";
import { guruji as words } from "./words.ts";
import { useWork, type Work } from "./work.ts";

const Emergencies = soon(async () => (await import("../desk/Emergencies.tsx")).Emergencies);
const Here = soon(async () => (await import("./Here.tsx")).Here);
const Refusal = soon(async () => (await import("../desk/Refusal.tsx")).Refusal);
const Told = soon(async () => (await import("../desk/Told.tsx")).Told);
const StaffDrawer = soon(async () => (await import("../desk/StaffDrawer.tsx")).StaffDrawer);
const AvailabilityPanel = soon(async () => (await import("../desk/AvailabilityPanel.tsx")).AvailabilityPanel);
const SeenPanel = soon(async () => (await import("./SeenPanel.tsx")).SeenPanel);
const MovePanel = soon(async () => (await import("../desk/MovePanel.tsx")).MovePanel);

/** The person in front of the guruji is large; one key leads through the day. */
export function Guruji() {
  const say = useWords(words);
  const own = useTold((state) => state.session.user?.gurujiId ?? "");
  const guruji = useTold((state) => gurujisOf(state).find((one) => one.id === own) ?? null, sameFields);
  if (!own) {
    return (
      <main className="signin">
        <Empty page icon="lock" title={say("notAGuruji")}>
          {say("notAGurujiWhy")}
        </Empty>
      </main>
    );
  }
  return <Tablet guruji={guruji} own={own} />;
}

function Tablet({ guruji, own }: { guruji: GurujiRow | null; own: string }) {
  const common = useCommon();
  const queue = useTold((state) => queueOf(state, own), sameFields);
  const stage = stageOf(guruji, queue);
  const line = queue.filter((entry) => toBeCalled(entry.status));
  const find = useRef<HTMLInputElement>(null);
  const [drawer, setDrawer] = useState(false);
  const [seen, setSeen] = useState(false);
  const [moving, setMoving] = useState<QueueEntry | null>(null);
  const work = useWork(own, stage, line.length > 0, setMoving);
  const keys = useSheet();
  useKeys({
    n: work.main,
    f: work.on("complete"),
    r: work.on("recall"),
    s: work.on("no_answer"),
    h: work.on("hold"),
    t: work.on("transfer"),
    u: work.undo.undo,
    v: () => setSeen(true),
    "/": () => find.current?.focus(),
  });
  useEnter(stage.name === "called" ? work.main : undefined);
  return (
    <div className="guruji">
      <Bar
        brief
        title={
          <>
            {guruji?.name}{" "}
            {guruji?.room && <span className="soft">{common("room", { room: guruji.room })}</span>}
          </>
        }
        keys={keys}
        drawer={{ open: drawer, toggle: () => setDrawer((open) => !open) }}
      >
        {guruji && <Availability guruji={guruji} />}
      </Bar>
      <main>
        <div className="front">
          <div className="over-work">
            <Emergencies />
            {!drawer && <Refusal />}
            <Freshness />
            <Told />
          </div>
          <Front stage={stage} work={work} find={find} waiting={line.length} own={own} />
        </div>
        {drawer ? (
          <StaffDrawer onClose={() => setDrawer(false)} />
        ) : (
          <Next queue={queue} stage={stage} onSeen={() => setSeen(true)} />
        )}
      </main>
      <Foot stage={stage} work={work} waiting={line.length} />
      {seen && <SeenPanel own={own} onClose={() => setSeen(false)} />}
      {moving && (
        <MovePanel
          entry={moving}
          onClose={() => setMoving(null)}
          onMove={(to, reason) => work.transfer(moving, to, reason)}
        />
      )}
    </div>
  );
}

function Front(props: {
  stage: Stage;
  work: Work;
  find: React.RefObject<HTMLInputElement | null>;
  waiting: number;
  own: string;
}) {
  const { stage, work, find, waiting, own } = props;
  switch (stage.name) {
    case "here":
      return (
        <Here key={stage.entry.id} stage={stage} drafts={work.drafts} save={work.saveNote} find={find} />
      );
    case "called":
      return <Called key={stage.entry.id} entry={stage.entry} onStart={work.main} />;
    case "away":
      return <Away stage={stage} own={own} />;
    case "free":
      return <Free waiting={waiting} />;
  }
}

/** Enter starts the one who was called, unless it is meant for a button or a field. */
function useEnter(act: (() => void) | undefined) {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key === "Enter" && event.target === document.body && !event.repeat) latest.current?.();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

function Availability({ guruji }: { guruji: GurujiRow }) {
  const say = useWords(desk);
  const mine = useWords(words);
  const set = useSetAvailability(guruji.id);
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Choice
        label={mine("availability")}
        value={guruji.availability}
        options={[
          { value: "available", label: say("available") },
          { value: "on_break", label: say("onBreak") },
          { value: "off", label: say("off") },
        ]}
        onChange={(value) => {
          if (value === "on_break") setAsking(true);
          else set(value as "available" | "off");
        }}
      />
      {asking && <AvailabilityPanel guruji={guruji} onClose={() => setAsking(false)} />}
    </>
  );
}

function useSheet() {
  const say = useWords(words);
  const common = useWords(desk);
  return [
    {
      title: say("keysHere"),
      keys: [
        { keys: ["N"], does: say("keyMain") },
        { keys: ["Enter"], does: say("start") },
        { keys: ["F"], does: say("finish") },
        { keys: ["R"], does: common("do.recall") },
        { keys: ["S"], does: common("do.no_answer") },
        { keys: ["H"], does: common("do.hold") },
        { keys: ["T"], does: common("do.transfer") },
        { keys: ["U"], does: common("undo") },
        { keys: ["/"], does: say("keyNote") },
        { keys: ["V"], does: say("seenToday") },
      ],
    },
  ];
}
