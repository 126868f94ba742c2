/** Rows by kind and id: made from a snapshot, kept up by changes, shown with patches on top. All pure. */
import type { PatchSet, Row, Rows } from "./types.ts";
import type { Change, Fields, SnapshotAnswer, SnapshotView } from "./wire.ts";

export const noRows: Rows = new Map();

/** The id of a row of which a view has just one, such as `recent`. */
export const only = "";

interface Opened {
  view: SnapshotView;
  rows: Rows;
}

/** Takes a snapshot apart: its lists become rows of the kinds that changes will speak of, the rest is the view. */
export function openSnapshot(answer: SnapshotAnswer): Opened {
  const rows = new Map<string, Map<string, Row>>();
  const put = (kind: string, id: string, fields: Fields, seq: string | null = null) => {
    const ofKind = rows.get(kind) ?? new Map<string, Row>();
    rows.set(kind, ofKind.set(id, { fields, seq }));
  };
  const { gurujis, recent, sites, rows: more, ...view } = answer.view;
  if (gurujis) rows.set("row", new Map());
  for (const { entries, ...guruji } of gurujis ?? []) {
    put("guruji", guruji.id, guruji as unknown as Fields);
    for (const entry of entries) put("row", entry.id, { ...entry, guruji: guruji.id });
  }
  if (recent) put("recent", only, { recent });
  for (const site of sites ?? []) put("site_status", site.id, site as unknown as Fields);
  for (const change of (more as Change[] | null | undefined) ?? []) {
    if (change.fields) put(change.kind, change.id, change.fields, change.seq ?? null);
  }
  return { view, rows };
}

/** Applies changes in order. Kinds without a change keep their identity, so that selectors can tell. */
export function applyChanges(rows: Rows, changes: readonly Change[]): Rows {
  const next = new Map(rows);
  const touched = new Map<string, Map<string, Row>>();
  for (const { kind, id: named, seq, fields, gone } of changes) {
    const id = kind === "recent" ? only : named;
    let ofKind = touched.get(kind);
    if (!ofKind) {
      ofKind = new Map(next.get(kind));
      touched.set(kind, ofKind);
      next.set(kind, ofKind);
    }
    if (gone) ofKind.delete(id);
    else if (fields) ofKind.set(id, { fields: merged(kind, ofKind.get(id), fields), seq: seq ?? null });
  }
  return next;
}

/**
 * A change carries a row's whole fields, with two exceptions: a change of a guruji may leave out what only the
 * snapshot derived (name, room), and a `row` leaves out position, ahead and wait, which age at once when others move.
 */
function merged(kind: string, before: Row | undefined, fields: Fields): Fields {
  return kind === "guruji" && before ? { ...before.fields, ...fields } : fields;
}

/** Rows of one kind as shown: with the patches on top, oldest first. */
export function shownRows(rows: Rows, patches: readonly PatchSet[], kind: string): ReadonlyMap<string, Row> {
  const base = rows.get(kind) ?? new Map<string, Row>();
  let shown: Map<string, Row> | null = null;
  for (const set of patches) {
    for (const patch of set.patches) {
      if (patch.kind !== kind) continue;
      shown ??= new Map(base);
      const before = shown.get(patch.id);
      if (patch.fields === null) shown.delete(patch.id);
      else shown.set(patch.id, { fields: { ...before?.fields, ...patch.fields }, seq: before?.seq ?? null });
    }
  }
  return shown ?? base;
}
