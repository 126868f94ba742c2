"use client";
import type { Client, EventOf, EventType, State } from "@sangam/sdk";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";

const Context = createContext<Client | null>(null);

export interface RealtimeProviderProps {
  client: Client;
  /** Left out or true: the client runs while the provider is mounted. False: its owner starts and stops it. */
  autoStart?: boolean;
  children?: ReactNode;
}

/** Hands a client to the hooks below it. */
export function RealtimeProvider({ client, autoStart = true, children }: RealtimeProviderProps) {
  useEffect(() => {
    if (!autoStart) return;
    client.start();
    return () => client.stop();
  }, [client, autoStart]);
  return <Context.Provider value={client}>{children}</Context.Provider>;
}

/** The client of the nearest RealtimeProvider. Throws where there is none. */
export function useClient(): Client {
  const client = useContext(Context);
  if (!client) throw new Error("Put a RealtimeProvider with a client around this component.");
  return client;
}

/**
 * What `select` reads from the state, now and after every change. The component renders again only when the answer
 * differs by `isSame` (Object.is), so a selector that builds something new each time needs `sameFields`. With
 * `everyMs` it is also read again as time passes.
 */
export function useClientState<T>(
  select: (state: State) => T,
  isSame: (a: T, b: T) => boolean = Object.is,
  everyMs?: number,
): T {
  const client = useClient();
  const last = useRef<{ value: T } | null>(null);
  const read = () => {
    const value = select(client.getState());
    if (last.current && isSame(last.current.value, value)) return last.current.value;
    last.current = { value };
    return value;
  };
  const subscribe = useCallback(
    (changed: () => void) => {
      const unsubscribe = client.subscribe(changed);
      const timer = everyMs === undefined ? undefined : setInterval(changed, everyMs);
      return () => {
        unsubscribe();
        clearInterval(timer);
      };
    },
    [client, everyMs],
  );
  return useSyncExternalStore(subscribe, read, read);
}

/** This device's time in ms, as the client tells it. */
export const deviceNow = (client: Client): number => client.options.deps?.now?.() ?? Date.now();

/** Equal in every field, one level deep. */
export function sameFields<T extends object>(a: T, b: T): boolean {
  const names = Object.keys(a) as (keyof T)[];
  return names.length === Object.keys(b).length && names.every((name) => Object.is(a[name], b[name]));
}

/** Hears events of a type, or all with "*", while mounted. The newest `heard` is called. */
export function useEvent<T extends EventType | "*">(type: T, heard: (event: EventOf<T>) => void): void {
  const client = useClient();
  const newest = useRef(heard);
  useEffect(() => {
    newest.current = heard;
  });
  useEffect(() => client.on(type, (event) => newest.current(event)), [client, type]);
}

/** This device's time in ms as the component renders, which is again every `everyMs`: for ages and waits. */
export function useNow(everyMs = 1_000): number {
  const [, render] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => render((times) => times + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return Date.now();
}
