import type { State } from "@sangam/sdk";

/** How many things wait in the drawer: for the button that opens it. */
export function pendingCount(state: State): { needsYou: number; waiting: number } {
  const mine = state.pending.filter((one) => one.mine);
  return {
    needsYou: mine.filter((one) => one.state === "rejected").length,
    waiting: mine.filter((one) => one.state === "waiting" || one.state === "sending").length,
  };
}
