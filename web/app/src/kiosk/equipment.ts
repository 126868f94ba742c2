/** What stands beside a kiosk and its browser cannot tell. */
export type Thing = "printer" | "reader";
const KEY = "sangam.kiosk.with";

/**
 * Whoever sets the kiosk up names its things once in the address, /kiosk?with=printer,reader (/kiosk?with= for none);
 * this browser keeps them.
 */
export function keepEquipment(search: string) {
  const named = new URLSearchParams(search).get("with");
  if (named === null) return;
  try {
    localStorage.setItem(KEY, named);
  } catch {
    // A browser that keeps nothing is a kiosk without them.
  }
}

export function has(thing: Thing): boolean {
  try {
    return (localStorage.getItem(KEY) ?? "").split(",").includes(thing);
  } catch {
    return false;
  }
}
