import { rowsOf, type State } from "@sangam/sdk";

/** What the site set; undefined where it set nothing or this view is not told. */
export function settingOf(state: State, name: string): unknown {
  for (const { fields } of rowsOf(state, "setting").values()) if (fields.name === name) return fields.value;
  return undefined;
}

/** A number that the site set, or the node's default where it set none or this view is not told. */
export function numberSetting(state: State, name: string, otherwise: number): number {
  const set = settingOf(state, name);
  return typeof set === "number" ? set : otherwise;
}

/** How long after a call it may be repeated, in seconds. */
export const recallAfterS = (state: State): number => numberSetting(state, "recallAfterSeconds", 60);
