import type { QueueEntry } from "@sangam/sdk";
import { memo } from "react";
import { Button, Name } from "../blocks/small.tsx";
import { Lane } from "../desk/Lane.tsx";
import { DoingChip, doing } from "../desk/why.tsx";
import { desk as words } from "../desk/words.ts";
import { useWords } from "../words/Language.tsx";
import type { LaneOf } from "./desk.ts";
import { coordinator } from "./words.ts";

const MAY_CALL = new Set(["free", "with", "calling", "busy"]);

interface DeskLaneProps {
  lane: LaneOf;
  /** N calls here. */
  active: boolean;
  /** Whoever of this lane is chosen. */
  chosen: string | null;
  onChoose(entry: QueueEntry): void;
  onAvailability(guruji: string): void;
  onCallNext(guruji: string): void;
}

/** A lane with what the desk does for its guruji: change their availability, call the next one. */
export const DeskLane = memo(function DeskLane(props: DeskLaneProps) {
  const { guruji, queue, parts } = props.lane;
  const say = useWords(coordinator);
  const common = useWords(words);
  const now = doing(guruji, queue);
  return (
    <Lane
      guruji={guruji}
      queue={queue}
      parts={parts}
      chosen={props.chosen}
      onChoose={props.onChoose}
      state={
        <button type="button" className="state" onClick={() => props.onAvailability(guruji.id)}>
          <span className="unseen">{say("changeAvailability", { name: guruji.name })} </span>
          <DoingChip guruji={guruji} queue={queue} />
        </button>
      }
      action={
        <Button
          icon="bell"
          {...(props.active ? { shortcut: "N" } : {})}
          disabled={parts.line.length === 0 || !MAY_CALL.has(now)}
          onClick={() => props.onCallNext(guruji.id)}
        >
          <span>
            {common("callNext")}
            <span className="unseen">
              {" "}
              <Name>{guruji.name}</Name>
            </span>
          </span>
        </Button>
      }
    />
  );
});
