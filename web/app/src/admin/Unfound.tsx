import { Button, Empty, Notice } from "../blocks/small.tsx";
import type { Failure } from "../screen/door.ts";
import { useWords } from "../words/Language.tsx";
import { people } from "./peopleWords.ts";

/** Why nobody could be looked for. */
export function Unfound({ failed, onRetry }: { failed: Failure; onRetry(): void }) {
  const say = useWords(people);
  if (failed.code === "forbidden")
    return (
      <Empty icon="lock" title={say("locked")}>
        {say("lockedWhy")}
      </Empty>
    );
  const unheard = failed.code === "no_answer";
  const busy = failed.code === "unavailable" || failed.code === "rate_limited";
  const [title, why] = unheard
    ? [say("unheard"), say("unheardWhy")]
    : busy
      ? [say("busy"), say("busyWhy")]
      : [say("notDone"), failed.message];
  return (
    <Notice
      tone={unheard ? "rest" : busy ? "heed" : "alarm"}
      icon={unheard ? "cloud-off" : busy ? "clock" : "triangle-alert"}
      loud
      title={title}
    >
      <p>{why}</p>
      <p className="actions">
        <Button onClick={onRetry}>{say("retry")}</Button>
      </p>
    </Notice>
  );
}
