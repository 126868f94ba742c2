/** Rooms as people count them: 2 before 10, none last. */
export function byRoom(a: string | null, b: string | null): number {
  return (a ?? "\uffff").localeCompare(b ?? "\uffff", "en", { numeric: true });
}
