/** Who signs in on this device most often. Kept in this browser only, by id, never by name. */
const KEY = "sangam.habits";

function read(): Record<string, number> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return kept && typeof kept === "object" ? (kept as Record<string, number>) : {};
  } catch {
    return {};
  }
}

export function countUse(id: string) {
  const uses = read();
  uses[id] = (uses[id] ?? 0) + 1;
  try {
    localStorage.setItem(KEY, JSON.stringify(uses));
  } catch {
    // The list stays in its own order.
  }
}

export function mostUsedFirst<T extends { id: string }>(names: readonly T[]): T[] {
  const uses = read();
  return [...names].sort((a, b) => (uses[b.id] ?? 0) - (uses[a.id] ?? 0));
}
