/**
 * Hooks over a client of `@sangam/sdk`, written against React 18's API (preact/compat has it too), under the names
 * the existing app knows. They promise to render only when what they return changed, and to start nothing but the
 * client they are given. They refuse to hold state of their own about the queue: the client's store is the one.
 */
export {
  type AdaptivePolling,
  type AdaptivePollingOptions,
  type Connection,
  type PollingNotifications,
  type QueueUnified,
  type QueueUnifiedOptions,
  type RealtimeSync,
  type RealtimeSyncOptions,
  type UnifiedEntry,
  useAdaptivePolling,
  useConnection,
  usePollingNotifications,
  useQueueUnified,
  useRealtimeSync,
} from "./hooks.ts";
export {
  deviceNow,
  RealtimeProvider,
  type RealtimeProviderProps,
  sameFields,
  useClient,
  useClientState,
  useEvent,
  useNow,
} from "./provider.tsx";
export { nextPublicSettings } from "./settings.ts";
export { ConnectionStatus, type ConnectionStatusProps } from "./status.tsx";
