/** Whether what was read again is what was drawn. It must be true of two readings of one state, or drawing never ends. */
export type Same<T> = (a: T, b: T) => boolean;

/** Equal in every field, one level deep; lists in every item. */
export function sameFields(a: object | null | undefined, b: object | null | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (!a || !b) return false;
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = Object.keys(x);
  return names.length === Object.keys(y).length && names.every((name) => Object.is(x[name], y[name]));
}

/** Lists of items that are equal in every field. */
export const sameItems = (a: readonly object[], b: readonly object[]): boolean =>
  a.length === b.length && a.every((item, i) => sameFields(item, b[i]));
