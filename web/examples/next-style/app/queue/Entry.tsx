"use client";
import { type UnifiedEntry, useClient } from "@sangam/sdk/react";

interface EntryProps {
  entry: UnifiedEntry;
  papers: string | undefined;
  onPapers(): void;
}

export function Entry({ entry, papers, onPapers }: EntryProps) {
  const client = useClient();
  return (
    <li data-token={entry.token}>
      <strong>{entry.token}</strong> {entry.name} <em>{entry.legacyStatus}</em>
      {entry.status === "called" && <span> called</span>}
      {entry.pending && <span> will send</span>}
      {papers && <span> papers {papers}</span>}
      <button type="button" onClick={() => client.act("queue.call", { entry: entry.id })}>
        Call
      </button>
      <button type="button" onClick={onPapers}>
        Papers ready
      </button>
    </li>
  );
}
