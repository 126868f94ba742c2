import { type QueueEntry, type Shape, uuidv7Source } from "@sangam/sdk";
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient, useClientState } from "../screen/client.tsx";
import { type Look, lookBoth, lookInto, type Visit, visitsOf } from "./history.ts";

export interface Before {
  visits: readonly Visit[];
  /** False while the node was not heard about it: what is shown is of today alone. */
  whole: boolean;
  ask(): void;
}

type Told = NonNullable<Shape<"PersonExport">["records"]>;
const newId = uuidv7Source(Date.now, (bytes) => crypto.getRandomValues(bytes));

function lookOf(records: Told): Look {
  const kinds = new Map<string, Map<string, { fields: Record<string, unknown> }>>();
  for (const { kind, id, fields } of records) {
    const known = kinds.get(kind) ?? new Map();
    kinds.set(kind, known.set(id, { fields }));
  }
  return (kind) => kinds.get(kind) ?? new Map();
}

/**
 * What was before with the person in front of the guruji. It is asked for when they come in, since every look into
 * somebody's past is kept in the record of who did what; it is in this screen's memory alone.
 */
export function useBefore(entry: QueueEntry): Before {
  const client = useClient();
  const state = useClientState();
  const [told, setTold] = useState<Told | null>(null);
  const gone = useRef(false);
  const person = entry.fields.person;
  const named = typeof person === "string";
  const { mode } = state.connection;
  const heard = mode === "realtime" || mode === "fallback";

  const ask = useCallback(() => {
    const action = {
      id: newId(),
      type: "person.history",
      at: new Date().toISOString(),
      data: { entry: entry.id },
    };
    client
      .request<{ results: { data?: { records?: Told } }[] }>("POST", "/api/v1/actions", { actions: [action] })
      .then(({ results }) => {
        if (!gone.current) setTold(results[0]?.data?.records ?? []);
      })
      .catch(() => {});
  }, [client, entry.id]);
  useEffect(() => {
    if (named && heard && told === null) ask();
  }, [named, heard, told === null, ask]);
  useEffect(
    () => () => {
      gone.current = true;
    },
    [],
  );

  const before = told ?? [];
  const ids = new Set(before.map(({ id }) => id));
  const look = lookBoth(lookOf(before), lookInto(state));
  const visits = named
    ? visitsOf(
        look,
        (id, fields) => id !== entry.fields.consultation && (ids.has(id) || fields.person === person),
      )
    : [];
  return { visits, whole: !named || told !== null, ask };
}
