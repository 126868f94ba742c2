import { rowsOf, type State } from "@sangam/sdk";

export interface ToldNow {
  id: string;
  title: string;
  body: string;
}

const KEY = "sangam.read";
/** More than ever stand at once. */
const KEPT = 200;

/** What this device's people have read; only admins are told the receipts of a site. */
export function readHere(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string") : [];
  } catch {
    return [];
  }
}

export function keepRead(key: string) {
  try {
    localStorage.setItem(KEY, JSON.stringify([...readHere(), key].slice(-KEPT)));
  } catch {
    // It is shown again after a reload: this browser keeps nothing.
  }
}

/** Announcements that stand now and that this person has not read, the newest first. */
export function unreadOf(state: State, nowMs: number, read: readonly string[]): readonly ToldNow[] {
  const user = state.session.user?.id ?? "";
  const receipts = [...rowsOf(state, "receipt").values()]
    .filter(({ fields }) => fields.staff === user)
    .map(({ fields }) => fields.announcement);
  return [...rowsOf(state, "announcement")]
    .filter(([id, { fields }]) => {
      const over = fields.withdrawnAt || Date.parse(String(fields.expiresAt)) <= nowMs;
      return !over && !read.includes(`${user} ${id}`) && !receipts.includes(id);
    })
    .sort(([, a], [, b]) => (String(a.fields.publishedAt) > String(b.fields.publishedAt) ? -1 : 1))
    .map(([id, { fields }]) => ({ id, title: String(fields.title ?? ""), body: String(fields.body ?? "") }));
}
