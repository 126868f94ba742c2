import { pendingOf } from "@sangam/sdk";
import { useActionWords, useWhy } from "../blocks/actions.ts";
import { Button, Notice } from "../blocks/small.tsx";
import { useClient, useTold } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { pending } from "../words/pending.ts";

/** The newest refusal where the person looks, when the drawer that keeps them all is closed. */
export function Refusal() {
  const say = useWords(pending);
  const common = useCommon();
  const client = useClient();
  const inWords = useActionWords();
  const why = useWhy();
  const last = useTold((state) => pendingOf(state).rejected.at(-1));
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
