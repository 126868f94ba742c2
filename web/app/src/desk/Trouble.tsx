import { pendingOf } from "@sangam/sdk";
import { Notice } from "../blocks/small.tsx";
import { useDataAge, usePlace, useTold } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { span } from "../words/times.ts";
import { desk } from "./words.ts";

/** One notice at most about what is shown: cut off (grey, actions work on) or old (orange). Rows stay as they are. */
export function Freshness() {
  const common = useCommon();
  const say = useWords(desk);
  const { node } = usePlace();
  const count = useTold((state) => pendingOf(state).waiting.length);
  const asking = useTold((state) => state.connection.mode === "fallback");
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
    return (
      <Notice tone="rest" icon="cloud-off" title={common("onlyHere")}>
        {count > 0 ? common("willBeSent", { count }) : common("nothingToSend", { ago })}
      </Notice>
    );
  }
  if (!age.stale || asking) return null;
  return (
    <Notice tone="heed" icon="clock" title={common("stale")}>
      {node === "centre" ? say("staleCentre", { ago }) : common("staleWhy", { ago })}
    </Notice>
  );
}
