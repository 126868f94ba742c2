/** What stands beside a kiosk and its browser cannot tell. */
export type Thing = "printer" | "reader";
const KEY = "sangam.kiosk.with";
const PHONES = "sangam.kiosk.phones";

/**
 * Whoever sets the kiosk up names its things once in the address, /kiosk?with=printer,reader (/kiosk?with= for none);
 * this browser keeps them.
 */
export function keepEquipment(search: string) {
  const said = new URLSearchParams(search);
  keep(KEY, said.get("with"));
  keep(PHONES, said.get("phones"));
}

function keep(key: string, value: string | null) {
  if (value === null) return;
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing is a kiosk without them.
  }
}

/**
 * The address under which a phone opens `path`: at `others`, unless it was named here. A kiosk that runs on the box
 * itself is opened as localhost, which no phone finds: there it is named once, /kiosk?phones=http://sangam.local.
 */
export function phoneLink(path: string, others: string): string {
  try {
    return new URL(path, localStorage.getItem(PHONES) || others).href;
  } catch {
    return new URL(path, others).href;
  }
}

export function has(thing: Thing): boolean {
  try {
    return (localStorage.getItem(KEY) ?? "").split(",").includes(thing);
  } catch {
    return false;
  }
}
