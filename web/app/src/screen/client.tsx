import { type Client, clinicNow, dataAgeMs, modeNow, pendingOf, type State, serverNow } from "@sangam/sdk";
import { createContext, useCallback, useContext, useSyncExternalStore } from "react";
import { type Heard, Links } from "../blocks/Links.tsx";
import { Age } from "../blocks/small.tsx";
import { useNow } from "./now.ts";

/** The place a screen stands in: its name as people know it ("" when not told) and its time zone. */
export interface Place {
  name: string;
  zone: string | undefined;
  node: "site" | "centre";
}

export const ClientContext = createContext<Client | null>(null);
export const PlaceContext = createContext<Place>({ name: "", zone: undefined, node: "site" });

/** The client of the screen. Throws outside <Screen>. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error("useClient outside <Screen>");
  return client;
}

/** The client's state; the block is drawn again after every change of it. */
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
 * drawn again only when it differs: in a list of hundreds most of what is told stays when one of them changes.
 */
export function useTold<T extends string | number | null>(read: (state: State) => T, periodMs?: number): T {
  const client = useClient();
  const subscribe = useCallback(
    (changed: () => void) => {
      const unsubscribe = client.subscribe(changed);
      const timer = periodMs && setInterval(changed, periodMs);
      return () => {
        unsubscribe();
        clearInterval(timer);
      };
    },
    [client, periodMs],
  );
  const told = () => read(client.getState());
  return useSyncExternalStore(subscribe, told, told);
}

/** As `useTold`, of the clinic's time in ms since 1970. */
export const useByClinicTime = <T extends string | number | null>(
  read: (nowMs: number) => T,
  periodMs: number,
): T => useTold((state) => read(clinicNow(state, Date.now())), periodMs);

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

export function useDataAge(periodMs = 1000): DataAge {
  return dataAge(useClientState(), useNow(periodMs));
}

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
  useClientState();
  const heard = heardFrom(useClient(), usePlace().node, useNow(1000));
  return <Links heard={heard} {...(also ? { also } : {})} />;
}
