"use client";
import { pendingOf } from "@sangam/sdk";
import { sameFields, useClient, useClientState } from "@sangam/sdk/react";

/** What this person did and the node has not taken: nothing of it is ever dropped without a word. */
export function Pending() {
  const client = useClient();
  const pending = useClientState((state) => state.pending);
  const durable = useClientState((state) => state.queueDurable);
  const counts = useClientState((state) => {
    const { waiting, rejected } = pendingOf(state);
    return { waiting: waiting.length, rejected: rejected.length };
  }, sameFields);
  return (
    <section aria-label="Pending changes">
      {counts.waiting > 0 && <p>{counts.waiting} waiting to be sent</p>}
      {!durable && <p>This browser has no room to keep them: leave this page open.</p>}
      <ul>
        {pending
          .filter((action) => action.mine && action.state === "rejected")
          .map((action) => (
            <li key={action.id}>
              {action.type}: {action.error?.message}
              <button type="button" onClick={() => client.retry(action.id)}>
                Retry
              </button>
              <button type="button" onClick={() => void client.discard(action.id)}>
                Discard
              </button>
            </li>
          ))}
      </ul>
    </section>
  );
}
