/**
 * The client of a Sangam node for browsers (and Node): one store that follows a view live, falls back to polls when
 * the socket fails, and keeps what people do until the node has judged it.
 *
 * It promises evidence: "realtime" is only said while beats arrive in time on a whole chain of frames, an action is
 * on disk before it is sent and settles exactly once, and state never has holes. It refuses to start by itself, to
 * trust navigator.onLine, to keep a PIN, and to send one person's actions under another.
 */
export type {
  ActionData,
  ActionType,
  AnswerData,
  EventOf,
  EventType,
} from "./catalogue.ts";
export { createClient } from "./client.ts";
export { SangamError } from "./http.ts";
export { predict, sawNow } from "./predict.ts";
export { defaultPolling, pollDelay, retryDelay, retryLimit } from "./schedule.ts";
export {
  clinicNow,
  connectionLabel,
  dataAgeMs,
  entriesWith,
  entryById,
  type GurujiRow,
  gurujisOf,
  isStale,
  isTerminal,
  modeNow,
  pendingOf,
  placeOf,
  queueOf,
  recentOf,
  rowsOf,
  serverNow,
  sitesOf,
  toBeCalled,
  waitingForOthers,
} from "./selectors.ts";
export type * from "./types.ts";
export { uuidv7Source } from "./uuid.ts";
export type * from "./wire.ts";
