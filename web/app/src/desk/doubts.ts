import { entryById, isTerminal, type QueueEntry, rowsOf, type State } from "@sangam/sdk";

/** Two edits that met: one value stands, the other was dropped and can be written again. */
export interface Met {
  id: string;
  /** What it is about, as its record is called. */
  subjectKind: string;
  subject: string;
  field: string;
  lost: unknown;
  /** What stands now; undefined when this screen is not told. */
  stands: unknown;
  at: string;
  /** The dropped value was told, so that it can be chosen. */
  mayPutBack: boolean;
}

/** Somebody who may be known here already under another record. */
export interface Alike {
  entry: QueueEntry;
  person: string;
  known: string;
  /** The other one's place of today, if they have one. */
  other: QueueEntry | null;
}

export interface Doubts {
  met: readonly Met[];
  alike: readonly Alike[];
}

const text = (value: unknown) => (typeof value === "string" ? value : "");

/** What people write and what stands alone: only that can be put back by itself. */
const RESTORABLE: Readonly<Record<string, readonly string[]>> = {
  person: ["name", "phone", "birthYear", "gender", "place", "language", "guardian"],
  entry: ["reason", "language"],
  appointment: ["reason"],
  consultation: ["notes"],
  amendment: ["text"],
  remedy: ["name", "dosage", "days", "instructions", "language"],
  guruji: ["room"],
  device: ["name"],
  setting: ["value"],
};

const SETTLES = new Set(["coordinator", "guruji", "admin"]);
const MERGES = new Set(["coordinator", "admin"]);

/**
 * What only a person can decide, the oldest first, as far as the role of the one who is signed in may; what this screen
 * has decided and not yet sent is left out.
 */
export function doubtsOf(state: State): Doubts {
  const role = state.session.user?.role ?? "";
  const asked = new Set(
    state.pending
      .filter((one) => one.mine && one.state !== "rejected")
      .map((one) => one.data.conflict ?? one.data.drop ?? one.data.person),
  );
  const met: Met[] = [];
  for (const [id, { fields }] of rowsOf(state, "conflict")) {
    if (!SETTLES.has(role) || fields.settledAt || asked.has(id)) continue;
    const subjectKind = text(fields.subjectKind);
    const field = text(fields.field);
    const subject = text(fields.subject);
    const row = rowsOf(state, subjectKind === "entry" ? "row" : subjectKind).get(subject);
    met.push({
      id,
      subjectKind,
      subject,
      field,
      lost: fields.value,
      stands: row?.fields[field],
      at: text(fields.at),
      mayPutBack: "value" in fields && (RESTORABLE[subjectKind]?.includes(field) ?? false),
    });
  }
  met.sort((a, b) => (a.at < b.at ? -1 : 1));
  return { met, alike: MERGES.has(role) ? alikeOf(state, asked) : [] };
}

function alikeOf(state: State, asked: ReadonlySet<unknown>): readonly Alike[] {
  const rows = rowsOf(state, "row");
  const hereOf = (id: string) => {
    const entry = entryById(state, id);
    return entry && !isTerminal(entry.status) ? entry : null;
  };
  const found = new Map<string, Alike>();
  for (const [id, { fields }] of rows) {
    const { person, alike } = fields;
    if (typeof person !== "string" || typeof alike !== "string" || asked.has(person)) continue;
    const entry = hereOf(id);
    if (!entry) continue;
    const others = [...rows]
      .filter(([, other]) => other.fields.person === alike)
      .map(([other]) => hereOf(other));
    found.set(person, { entry, person, known: alike, other: others.find((one) => one !== null) ?? null });
  }
  return [...found.values()];
}

export const doubtCount = ({ met, alike }: Doubts): number => met.length + alike.length;
