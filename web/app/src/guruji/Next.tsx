import { type QueueEntry, toBeCalled } from "@sangam/sdk";
import { useRef } from "react";
import { Line } from "../blocks/lines.tsx";
import { Button } from "../blocks/small.tsx";
import { useSteady } from "../blocks/steady.ts";
import { minutesSince } from "../desk/time.ts";
import { StatusChip, WhyChip } from "../desk/why.tsx";
import { desk } from "../desk/words.ts";
import { useByClinicTime } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import type { Stage } from "./flow.ts";
import { guruji as words } from "./words.ts";

/** Who comes after, and who stands aside. */
export function Next(props: { queue: readonly QueueEntry[]; stage: Stage; onSeen(): void }) {
  const { queue, stage, onSeen } = props;
  const say = useWords(words);
  const common = useWords(desk);
  const place = useRef<HTMLElement>(null);
  const shown = useSteady(queue, place);
  const front = stage.name === "here" || stage.name === "called" ? stage.entry.id : "";
  const line = shown.filter((entry) => toBeCalled(entry.status));
  const rest = shown.filter((entry) => !toBeCalled(entry.status) && entry.id !== front);
  return (
    <aside className="next" aria-labelledby="next" ref={place}>
      <header>
        <h2 id="next">
          {say("next")} <span className="soft">{common("waiting", { count: line.length })}</span>
        </h2>
        <Button kind="bare" shortcut="V" onClick={onSeen}>
          {say("seenToday")}
        </Button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <ol tabIndex={0} aria-labelledby="next">
        {line.map((entry) => (
          <Line
            key={entry.id}
            place={entry.position}
            token={entry.token || "–"}
            name={entry.name ?? <span className="soft">{common("unnamed")}</span>}
            {...(entry.band === 0 ? { tone: "alarm" as const } : {})}
            tail={
              <>
                <WhyChip entry={entry} but="alike" /> <Waited at={entry.checkedInAt} />
              </>
            }
          />
        ))}
        {rest.map((entry) => (
          <Line
            key={entry.id}
            aside
            token={entry.token}
            name={entry.name ?? ""}
            tail={<StatusChip status={entry.status} kind="quiet" />}
          />
        ))}
      </ol>
    </aside>
  );
}

function Waited({ at }: { at: string | null }) {
  const say = useCommon();
  const minutes = useByClinicTime((now) => minutesSince(at, now), 10_000);
  return <>{minutes !== null && say("minutes", { count: minutes })}</>;
}
