import { type Client, clinicNow, dataAgeMs, modeNow, pendingOf, type State, serverNow } from "@sangam/sdk";
import { createContext, useCallback, useContext, useRef, useSyncExternalStore } from "react";
import { type Heard, Links } from "../blocks/Links.tsx";
import { Age } from "../blocks/small.tsx";
import { useNow } from "./now.ts";
import { type Same, sameFields } from "./same.ts";
import { every } from "./ticks.ts";

/** The place a screen stands in: its name as people know it ("" when not told) and its time zone. */
export interface Place {
  name: string;
  zone: string | undefined;
  node: "site" | "centre";
  /** Where another device finds the node: what this page is under may mean this machine alone, or want a certificate. */
  others: string;
}

export const ClientContext = createContext<Client | null>(null);
export const PlaceContext = createContext<Place>({
  name: "",
  zone: undefined,
  node: "site",
  others: "",
});

/** The client of the screen. Throws outside <Screen>. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error("useClient outside <Screen>");
  return client;
}

/** The whole state; the block is drawn again after every change of it. What is always in sight reads with `useTold`. */
export function useClientState(): State {
  const client = useClient();
  return useSyncExternalStore(client.subscribe, client.getState, client.getState);
}

export function usePlace(): Place {
  return useContext(PlaceContext);
}

/** Clinic time in ms since 1970: waits, timers and times of day run on it. */
export function useClinicNow(periodMs: number): number {
  return clinicNow(useClientState(), useNow(periodMs));
}

/**
 * What `read` tells of the state, looked at again whenever that changes and, if given, every `periodMs`. The block is
 * drawn again only when it differs by `same`: of all that stands on a screen, most stays when one thing changes.
 */
export function useTold<T>(read: (state: State) => T, same: Same<T> = Object.is, periodMs?: number): T {
  const client = useClient();
  const subscribe = useCallback(
    (changed: () => void) => {
      const stop = [client.subscribe(changed), ...(periodMs ? [every(periodMs, changed)] : [])];
      return () => {
        for (const end of stop) end();
      };
    },
    [client, periodMs],
  );
  const told = useKept(() => read(client.getState()), same);
  return useSyncExternalStore(subscribe, told, told);
}

/** What `read` tells of the clinic's time, in ms since 1970, every `periodMs`; drawn again only when it differs. */
export function useByClinicTime<T>(
  read: (nowMs: number) => T,
  periodMs: number,
  same: Same<T> = Object.is,
): T {
  const client = useClient();
  const subscribe = useCallback((changed: () => void) => every(periodMs, changed), [periodMs]);
  const told = useKept(() => read(clinicNow(client.getState(), Date.now())), same);
  return useSyncExternalStore(subscribe, told, told);
}

/** Reads again, and gives what it gave before as long as that is the same. */
function useKept<T>(read: () => T, same: Same<T>): () => T {
  const last = useRef<{ value: T } | null>(null);
  return () => {
    const value = read();
    if (!last.current || !same(last.current.value, value)) last.current = { value };
    return last.current.value;
  };
}

/** How old what is shown is, and from when on that asks for attention. */
export interface DataAge {
  ms: number | null;
  offline: boolean;
  staleAfterMs: number;
  stale: boolean;
}

export function dataAge(state: State, now: number): DataAge {
  const { connection } = state;
  const ms = dataAgeMs(state, now);
  const staleAfterMs = 2 * connection.beatMs;
  return {
    ms,
    offline: connection.mode === "offline",
    staleAfterMs,
    stale: ms !== null && ms > staleAfterMs,
  };
}

/** In whole seconds: as it is told. */
export function useDataAge(): DataAge {
  return useTold((state) => inSeconds(dataAge(state, Date.now())), sameFields, 1000);
}

const inSeconds = (age: DataAge): DataAge => ({ ...age, ms: age.ms && Math.floor(age.ms / 1000) * 1000 });

/** The age of what this screen shows, as a block. */
export function ScreenAge() {
  const { ms, offline, staleAfterMs } = useDataAge();
  return <Age ms={ms} offline={offline} staleAfterMs={staleAfterMs} />;
}

const FALLBACK_MS = 5000;
const SLOW_MS = 2000;

/** What the client knows of the two links, as the one sentence wants it. */
export function heardFrom(client: Client, node: Place["node"], now: number): Heard {
  const state = client.getState();
  const { connection, uplink } = state;
  const age = dataAge(state, now);
  const polling = client.options.polling;
  return {
    node,
    here: hereOf(modeNow(state, now), age),
    agoMs: age.ms,
    everyMs: connection.slow ? (polling?.slow?.[0] ?? SLOW_MS) : (polling?.fallback?.[0] ?? FALLBACK_MS),
    toSend: pendingOf(state).waiting.length,
    uplink,
    centreAgoMs: uplink?.lastHeard ? Math.max(0, serverNow(state, now) - Date.parse(uplink.lastHeard)) : null,
  };
}

/** Connecting again is live as long as what is shown is fresh: two seconds of it would only flicker. */
function hereOf(mode: State["connection"]["mode"], age: DataAge): Heard["here"] {
  if (mode === "realtime") return "live";
  if (mode === "connecting") return age.ms !== null && !age.stale ? "live" : "unknown";
  return mode;
}

/** Two links, one sentence, of this screen. Same place on every staff screen. */
export function ScreenLinks({ also }: { also?: string }) {
  const client = useClient();
  const { node } = usePlace();
  const heard = useTold(() => asSaid(heardFrom(client, node, Date.now())), sameFields, 1000);
  return <Links heard={heard} {...(also ? { also } : {})} />;
}

/** In whole seconds, and without an age that a live line does not tell. */
function asSaid(heard: Heard): Heard {
  const { here, agoMs, centreAgoMs } = heard;
  const seconds = (ms: number | null) => ms && Math.floor(ms / 1000) * 1000;
  return {
    ...heard,
    agoMs: here === "live" && agoMs !== null ? 0 : seconds(agoMs),
    centreAgoMs: seconds(centreAgoMs),
  };
}
