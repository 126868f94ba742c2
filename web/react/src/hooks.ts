"use client";
import {
  type Client,
  type ConnectionMode,
  defaultPolling,
  modeNow,
  type PollingIntervals,
  pollDelay,
  type QueueEntry,
  queueOf,
} from "@sangam/sdk";
import { legacyPriority, legacyStatus } from "@sangam/sdk/legacy";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { deviceNow, sameFields, useClient, useClientState } from "./provider.tsx";

/** An entry with the existing app's spellings beside ours. */
export interface UnifiedEntry extends QueueEntry {
  legacyStatus: string;
  legacyPriority: "LOW" | "NORMAL" | "HIGH" | "URGENT";
}

export interface QueueUnifiedOptions {
  /** `guruji`: the own queue of the guruji signed in. Anybody else: all queues. */
  role?: string;
  /** One guruji's queue, whoever is signed in. */
  gurujiId?: string;
  /** Ask for everything anew every `refreshInterval` ms while the socket does not bring it. */
  autoRefresh?: boolean;
  refreshInterval?: number;
  /** False: the list changes only with `refetch` and `refreshInterval`. */
  enableRealtime?: boolean;
  /** Writes what changes to the console. */
  debug?: boolean;
}

export interface QueueUnified {
  queueEntries: readonly UnifiedEntry[];
  isLoading: boolean;
  isUsingFallback: boolean;
  refetch: () => Promise<void>;
  realtime: {
    isConnected: boolean;
    mode: ConnectionMode;
    socketId: string | null;
    lastUpdate: number | null;
  };
}

const spelled = new WeakMap<readonly QueueEntry[], readonly UnifiedEntry[]>();

function withLegacy(entries: readonly QueueEntry[]): readonly UnifiedEntry[] {
  const known = spelled.get(entries);
  if (known) return known;
  const made = entries.map((e) => ({
    ...e,
    legacyStatus: legacyStatus(e.status),
    legacyPriority: legacyPriority(e),
  }));
  spelled.set(entries, made);
  return made;
}

/** The queue, live: in the server's order, with what this screen did and the node has not judged yet. */
export function useQueueUnified(options: QueueUnifiedOptions = {}): QueueUnified {
  const {
    role,
    gurujiId,
    autoRefresh = false,
    refreshInterval,
    enableRealtime = true,
    debug = false,
  } = options;
  const client = useClient();
  const live = useClientState((state) => {
    const guruji = gurujiId ?? (role === "guruji" ? state.session.user?.gurujiId : undefined);
    return withLegacy(queueOf(state, guruji ?? null));
  });
  const isLoading = useClientState((state) => state.view === null);
  const lastUpdate = useClientState((state) => state.lastUpdate);
  const { mode, socketId } = useConnection();
  const [held, setHeld] = useState<readonly UnifiedEntry[] | null>(null);
  const current = useRef(live);
  current.current = live;

  const refetch = useCallback(async () => {
    await client.refetch();
    setHeld(current.current);
  }, [client]);

  useEffect(() => {
    if (!autoRefresh || !refreshInterval) return;
    const timer = setInterval(() => {
      const mayBeOld = !enableRealtime || client.getState().connection.mode !== "realtime";
      if (mayBeOld) void refetch().catch(() => {}); // the connection's mode tells of a failure
    }, refreshInterval);
    return () => clearInterval(timer);
  }, [client, autoRefresh, refreshInterval, enableRealtime, refetch]);

  useEffect(() => {
    if (!isLoading) setHeld((before) => before ?? current.current);
  }, [isLoading]);

  useEffect(() => {
    if (debug) console.debug(`sangam: ${live.length} in the queue, connection ${mode}`);
  }, [debug, live, mode]);

  return {
    queueEntries: enableRealtime ? live : (held ?? live),
    isLoading,
    isUsingFallback: mode === "fallback",
    refetch,
    realtime: { isConnected: mode === "realtime", mode, socketId, lastUpdate },
  };
}

export interface Connection {
  mode: ConnectionMode;
  slow: boolean;
  socketId: string | null;
  retryCount: number;
}

/** The connection as it may be told at this moment: looked at again every second, rendered only when it differs. */
export function useConnection(): Connection {
  const client = useClient();
  return useClientState(
    (state) => {
      const { slow, socketId, retryCount } = state.connection;
      return { mode: modeNow(state, deviceNow(client)), slow, socketId, retryCount };
    },
    sameFields,
    1_000,
  );
}

export interface PollingNotifications {
  isUsingFallback: boolean;
  connectionHealth: {
    isSocketConnected: boolean;
    isOnline: boolean;
    isSlowConnection: boolean;
    socketId: string | null;
  };
  retryCount: number;
}

/** Whether polls stand in for the socket, and how the line does. `isOnline` is about the node, not the internet. */
export function usePollingNotifications(): PollingNotifications {
  const { mode, slow, socketId, retryCount } = useConnection();
  return {
    isUsingFallback: mode === "fallback",
    connectionHealth: {
      isSocketConnected: mode === "realtime",
      isOnline: mode === "realtime" || mode === "fallback",
      isSlowConnection: slow,
      socketId,
    },
    retryCount,
  };
}

export interface AdaptivePollingOptions {
  /** Called at the pace that suits the connection; for requests that the feed does not cover. */
  onPoll?: () => unknown;
  enabled?: boolean;
  intervals?: Partial<PollingIntervals>;
}

export interface AdaptivePolling {
  mode: ConnectionMode;
  /** Ms between polls at present, before chance spreads them. */
  interval: number;
  isPolling: boolean;
  pollNow: () => Promise<void>;
}

/** Polls at 30-60 s beside a live socket, 5-8 s without, 2-3 s on a poor network, and not at all when offline. */
export function useAdaptivePolling(options: AdaptivePollingOptions = {}): AdaptivePolling {
  const { enabled = true, onPoll } = options;
  const client = useClient();
  const { mode, slow } = useClientState(
    (state) => ({ mode: state.connection.mode, slow: state.connection.slow }),
    sameFields,
  );
  const given = { ...client.options.polling, ...options.intervals };
  const key = JSON.stringify(given);
  const intervals = useMemo((): PollingIntervals => ({ ...defaultPolling, ...JSON.parse(key) }), [key]);
  const newest = useRef(onPoll);
  newest.current = onPoll;

  const pollNow = useCallback(async () => {
    await newest.current?.();
  }, []);
  const isPolling = enabled && onPoll !== undefined && mode !== "offline";

  useEffect(() => {
    if (!isPolling) return;
    let timer: ReturnType<typeof setTimeout>;
    const again = () => {
      timer = setTimeout(
        () =>
          void pollNow()
            .catch(() => {})
            .finally(again), // its own caller hears of a failure
        pollDelay(intervals, mode, slow, Math.random),
      );
    };
    again();
    return () => clearTimeout(timer);
  }, [isPolling, mode, slow, intervals, pollNow]);

  return { mode, interval: pollDelay(intervals, mode, slow, () => 0), isPolling, pollNow };
}

export interface RealtimeSyncOptions {
  /** False: applyOptimisticUpdate shows nothing before the node answered. */
  enableOptimistic?: boolean;
  /** Cross-tab work belongs to the client (`createClient({ crossTab })`); a difference is told on the console. */
  enableCrossTab?: boolean;
}

export interface RealtimeSync {
  isSocketConnected: boolean;
  isSyncHealthy: boolean;
  applyOptimisticUpdate: Client["applyOptimisticUpdate"];
  health: { isHealthy: boolean; errorRate: number };
  syncStats: { socketConnected: boolean; lastUpdate: number | null };
}

/** Whether what is shown is kept in step with the node, and optimistic updates with a way back. */
export function useRealtimeSync(options: RealtimeSyncOptions = {}): RealtimeSync {
  const { enableOptimistic = true, enableCrossTab } = options;
  const client = useClient();
  const { mode } = useConnection();
  const errorRate = useClientState(({ connection: { answered, failed } }) =>
    answered + failed === 0 ? 0 : Math.round((100 * failed) / (answered + failed)) / 100,
  );
  const lastUpdate = useClientState((state) => state.lastUpdate);
  const crossTab = client.options.crossTab !== false;

  useEffect(() => {
    if (enableCrossTab !== undefined && enableCrossTab !== crossTab) {
      console.warn(
        `sangam: this client was made with crossTab ${crossTab}; enableCrossTab cannot change it.`,
      );
    }
  }, [enableCrossTab, crossTab]);

  const applyOptimisticUpdate = useCallback<Client["applyOptimisticUpdate"]>(
    (key, apply, rollback, more) =>
      client.applyOptimisticUpdate(key, enableOptimistic ? apply : () => {}, rollback, more),
    [client, enableOptimistic],
  );

  const isHealthy = mode === "realtime" || mode === "fallback";
  return {
    isSocketConnected: mode === "realtime",
    isSyncHealthy: isHealthy,
    applyOptimisticUpdate,
    health: { isHealthy, errorRate },
    syncStats: { socketConnected: mode === "realtime", lastUpdate },
  };
}
