import { pendingOf } from "@sangam/sdk";
import { useActionWords, useWhy } from "../blocks/actions.ts";
import { Button, Notice } from "../blocks/small.tsx";
import { useClient, useClientState, useDataAge, usePlace } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { pending } from "../words/pending.ts";
import { span } from "../words/times.ts";
import { desk } from "./words.ts";

/** One notice at most about what is shown: cut off (grey, actions work on) or old (orange). Rows stay as they are. */
export function Freshness() {
  const common = useCommon();
  const say = useWords(desk);
  const { node } = usePlace();
  const state = useClientState();
  const age = useDataAge();
  if (age.ms === null) return null;
  const ago = common("ago", { span: span(age.ms, common) });
  if (age.offline && node === "centre") {
    return (
      <Notice tone="rest" icon="cloud-off" title={say("centreUnheard")}>
        {common("nothingToSend", { ago })} {say("centreUnheardWhy")}
      </Notice>
    );
  }
  if (age.offline) {
    const count = pendingOf(state).waiting.length;
    return (
      <Notice tone="rest" icon="cloud-off" title={common("onlyHere")}>
        {count > 0 ? common("willBeSent", { count }) : common("nothingToSend", { ago })}
      </Notice>
    );
  }
  if (!age.stale || state.connection.mode === "fallback") return null;
  return (
    <Notice tone="heed" icon="clock" title={common("stale")}>
      {node === "centre" ? say("staleCentre", { ago }) : common("staleWhy", { ago })}
    </Notice>
  );
}

/** The newest refusal where the person looks, when the drawer that keeps them all is closed. */
export function Refusal() {
  const say = useWords(pending);
  const common = useCommon();
  const client = useClient();
  const inWords = useActionWords();
  const why = useWhy();
  const { rejected } = pendingOf(useClientState());
  const last = rejected[rejected.length - 1];
  if (!last) return null;
  return (
    <Notice tone="alarm" icon="triangle-alert" loud title={`${inWords(last)}: ${say("refused")}`}>
      <p>
        {why(last)} {say("nothingChanged")}
      </p>
      <p className="actions">
        <Button onClick={() => client.retry(last.id)}>{common("retry")}</Button>
        <Button kind="bare" onClick={() => client.discard(last.id)}>
          {common("discard")}
        </Button>
      </p>
    </Notice>
  );
}
