import { entryById, rowsOf, type State } from "@sangam/sdk";
import { Button, Notice } from "../blocks/small.tsx";
import { useClient, usePlace, useTold } from "../screen/client.tsx";
import { sameItems } from "../screen/same.ts";
import { useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import { panels } from "./panelWords.ts";

export interface Emergency {
  id: string;
  token: string;
  entry: string;
  place: string;
  note: string;
  raisedAt: string;
}

const text = (value: unknown) => (typeof value === "string" ? value : "");

/** Calls for staff that nobody resolved, the oldest first. */
export function openEmergencies(state: State): readonly Emergency[] {
  const open: Emergency[] = [];
  for (const [id, { fields }] of rowsOf(state, "emergency")) {
    if (fields.resolvedAt) continue;
    const entry = text(fields.entry);
    const token = entry ? (entryById(state, entry)?.token ?? "") : "";
    open.push({
      id,
      entry,
      token,
      place: text(fields.place),
      note: text(fields.note),
      raisedAt: text(fields.raisedAt),
    });
  }
  return open.sort((a, b) => (a.raisedAt < b.raisedAt ? -1 : 1));
}

/** Stays until somebody says that it is resolved; read out at once. */
export function Emergencies({ onOpen }: { onOpen?: (entry: string) => void }) {
  const tell = useWords(panels);
  const client = useClient();
  const open = useTold(openEmergencies, sameItems);
  const { zone } = usePlace();
  const resolve = (id: string) =>
    client.act(
      "emergency.resolve",
      { emergency: id },
      { optimistic: { kind: "emergency", id, fields: { resolvedAt: new Date().toISOString() } } },
    );
  return (
    <>
      {open.map((one) => (
        <Notice
          key={one.id}
          tone="alarm"
          icon="siren"
          loud
          title={
            one.token
              ? tell("raisedToken", { token: one.token, time: clock(one.raisedAt, zone) })
              : tell("raised", { time: clock(one.raisedAt, zone) })
          }
        >
          {(one.place || one.note) && <p>{[one.place, one.note].filter(Boolean).join(" · ")}</p>}
          <p className="actions">
            {one.token && onOpen && <Button onClick={() => onOpen(one.entry)}>{tell("showThem")}</Button>}
            <Button onClick={() => resolve(one.id)}>{tell("resolve")}</Button>
          </p>
        </Notice>
      ))}
    </>
  );
}
