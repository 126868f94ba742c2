import { type Client, clinicNow, type State } from "@sangam/sdk";
import { useEffect, useState } from "react";
import { clock } from "../words/times.ts";

/** Half past three at night: the service-day has turned at three, and nobody waits. */
const QUIET = "3:30";
const LOOK_EVERY_MS = 20_000;
/** A page younger than this has nothing to shed, and the minute is not over yet. */
const YOUNG_MS = 3_600_000;

/** Keeps the glass from going dark. "refused": this browser does not, and its own settings must. */
export type Awake = "asking" | "kept" | "refused";

export function useAwake(): Awake {
  const [awake, setAwake] = useState<Awake>("asking");
  useEffect(() => {
    // Only where the page came by https or from this very machine.
    const lock = navigator.wakeLock as WakeLock | undefined;
    let gone = false;
    let held: WakeLockSentinel | null = null;
    // Let go whenever the page is hidden, so it is asked for each time the page is seen again.
    async function hold() {
      if (document.visibilityState !== "visible") return;
      try {
        if (!lock) throw new Error("no wake lock here");
        held = await lock.request("screen");
        if (gone) await held.release();
        else setAwake("kept");
      } catch {
        if (!gone) setAwake("refused");
      }
    }
    hold();
    document.addEventListener("visibilitychange", hold);
    return () => {
      gone = true;
      document.removeEventListener("visibilitychange", hold);
      held?.release().catch(() => {});
    };
  }, []);
  return awake;
}

/**
 * A page that stands for months begins anew once a night, with the build of that day and nothing of the last one. Only
 * while the node answers: away from it there would be no page to load. A touch that turned the sound on holds across it.
 */
export function useNightlyReload(client: Client, zone: string | undefined, reload = () => location.reload()) {
  useEffect(() => {
    const openedAt = Date.now();
    const timer = setInterval(() => {
      if (Date.now() - openedAt < YOUNG_MS || !quiet(client.getState(), zone)) return;
      fetch(location.pathname, { cache: "no-store" }).then(
        (answer) => answer.ok && reload(),
        () => {},
      );
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [client, zone, reload]);
}

function quiet(state: State, zone: string | undefined): boolean {
  const { mode } = state.connection;
  const heard = mode === "realtime" || mode === "fallback";
  return heard && clock(clinicNow(state, Date.now()), zone) === QUIET;
}
