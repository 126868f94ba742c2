"use client";
import {
  ConnectionStatus,
  useClientState,
  useEvent,
  useQueueUnified,
  useRealtimeSync,
} from "@sangam/sdk/react";
import { useState } from "react";
import { checkIn, setPapers } from "./actions.ts";
import { Entry } from "./Entry.tsx";
import { Pending } from "./Pending.tsx";
import { SignIn } from "./SignIn.tsx";

export default function QueuePage() {
  const status = useClientState((state) => state.session.status);
  if (status === "unknown") return <ConnectionStatus className="status" />;
  return status === "signed_in" ? <Desk /> : <SignIn refused={status === "forbidden"} />;
}

function Desk() {
  const { queueEntries, isLoading, isUsingFallback, refetch } = useQueueUnified({
    role: "coordinator",
    autoRefresh: true,
    refreshInterval: 15_000,
    enableRealtime: true,
  });
  const { applyOptimisticUpdate, health } = useRealtimeSync({ enableOptimistic: true, enableCrossTab: true });
  const [papers, setReady] = useState<Readonly<Record<string, string>>>({});

  // What this app's own server told the node after its commit comes back to every desk.
  useEvent("queue.entry_updated", ({ subject, data }) => {
    const told = "papers" in data ? String(data.papers) : null;
    if (told) setReady((before) => ({ ...before, [subject.id]: told }));
  });

  if (isLoading) return <p>Loading the queue…</p>;
  return (
    <main>
      <header>
        <h1>Queue</h1>
        <ConnectionStatus className="status" />
        {isUsingFallback && <p>The list is asked for every few seconds.</p>}
        {!health.isHealthy && <p>What you see may be old. What you do is kept and sent later.</p>}
      </header>
      <Arrivals />
      <ol>
        {queueEntries.map((entry) => (
          <Entry
            key={entry.id}
            entry={entry}
            papers={papers[entry.id]}
            onPapers={() => {
              applyOptimisticUpdate(
                `papers-${entry.id}`,
                () => setPapers(entry.id, "ready"),
                () => void refetch(),
              );
            }}
          />
        ))}
      </ol>
      <Pending />
    </main>
  );
}

/** Checks somebody in through this app's own server, which acts under its key. */
function Arrivals() {
  const [name, setName] = useState("");
  const [said, setSaid] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void checkIn(name).then((answer) => {
          setSaid(answer.ok ? `Token ${answer.token}` : answer.why);
          if (answer.ok) setName("");
        });
      }}
    >
      <label>
        Name
        <input name="person" value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <button type="submit">Check in</button>
      <p role="status">{said}</p>
    </form>
  );
}
