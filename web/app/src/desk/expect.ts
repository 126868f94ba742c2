import type { Fields, GurujiRow, State } from "@sangam/sdk";

/** What a newcomer to a guruji's queue may expect, as the node last counted it. */
export function expectationOf(state: State, guruji: Pick<GurujiRow, "id" | "fields">): Fields {
  return state.rows.get("guruji_wait")?.get(guruji.id)?.fields ?? guruji.fields;
}
