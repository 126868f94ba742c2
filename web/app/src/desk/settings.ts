import { rowsOf, type State } from "@sangam/sdk";

/** A number that the site set, or the node's default where it set none or this view is not told. */
export function numberSetting(state: State, name: string, otherwise: number): number {
  for (const { fields } of rowsOf(state, "setting").values()) {
    if (fields.name === name && typeof fields.value === "number") return fields.value;
  }
  return otherwise;
}

/** How long after a call it may be repeated, in seconds. */
export const recallAfterS = (state: State): number => numberSetting(state, "recallAfterSeconds", 60);
