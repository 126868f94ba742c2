import type { GurujiRow, QueueEntry } from "@sangam/sdk";
import { Icon } from "../blocks/Icon.tsx";
import { Button, Notice } from "../blocks/small.tsx";
import { useClient, useClientState } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { patient } from "./words.ts";

const MAY_GO = new Set(["waiting", "no_answer"]);

/** A guruji who is away may offer those who wait another one. Nobody need take it. */
export function Offer({ entry, guruji }: { entry: QueueEntry; guruji: GurujiRow | null }) {
  const say = useWords(patient);
  const client = useClient();
  const { pending } = useClientState();
  const act = pending.find((one) => one.type === "queue.transfer" && one.data.entry === entry.id);
  if (act?.state === "rejected") {
    return (
      <Notice tone="alarm" icon="triangle-alert" title={say("leaveRefused")} loud>
        <p className="actions">
          <Button onClick={() => client.discard(act.id)}>{say("stay")}</Button>
        </p>
      </Notice>
    );
  }
  if (act) {
    return (
      <p className="heed said" role="status">
        <Icon name="send" /> {say("offerWillSend")}
      </p>
    );
  }
  const to = guruji?.availability === "available" ? undefined : guruji?.fields.offerTo;
  if (typeof to !== "string" || !to || !MAY_GO.has(entry.status)) return null;
  return (
    <Notice tone="heed" icon="transfer" title={say("offer")}>
      <p>{say("offerWhy")}</p>
      <p className="actions">
        <Button onClick={() => client.act("queue.transfer", { entry: entry.id, guruji: to })}>
          {say("offerTake")}
        </Button>
      </p>
    </Notice>
  );
}
