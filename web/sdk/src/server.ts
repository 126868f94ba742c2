/**
 * For the server of an outside app (Node 20, or any runtime with fetch and crypto.subtle): it tells the node what it
 * committed, and asks for actions, under an API key.
 *
 * It promises that a failure is an answer and never an exception, so that an app's own commit stands whatever becomes
 * of the telling; that a request sent again carries the same id, so that it counts once; and that a key which is
 * refused is not tried again. It refuses to choose who hears an event: the node does, from each reader's session.
 */
import type { ActionData, ActionType, EventType } from "./catalogue.ts";
import { whoAmI } from "./door.ts";
import { surroundings } from "./environment.ts";
import { type Http, openHttp, SangamError } from "./http.ts";
import { maxRetryMs, retryDelay } from "./schedule.ts";
import type { Deps, Outcome } from "./types.ts";
import { uuidv7Source } from "./uuid.ts";
import type { ActionsAnswer, EventEnvelope, Fields, Problem, User, WireResult } from "./wire.ts";

export { SocketEventTypes } from "./legacy.ts";

export interface ServerOptions {
  /** Origin of the node, such as "http://192.168.1.10:8080". */
  baseUrl: string;
  /** Made by a site admin; what it may do is in its scopes. */
  apiKey: string;
  /** Told what fails, one line each; console.warn when left out. */
  log?: (line: string) => void;
  deps?: Partial<Pick<Deps, "fetch" | "now" | "setTimeout" | "clearTimeout" | "random" | "getRandomValues">>;
}

export type Emitted = { ok: true; event: EventEnvelope } | { ok: false; error: Problem };

/** Types of events of one area, such as `queue`. */
export type EventOfArea<A extends string> = Extract<EventType, `${A}.${string}`>;

/**
 * Tells an event about a record of the app: `id` is the record's. The last two parameters are those of the existing
 * app and are not sent: who may hear an event is for the node to know.
 */
export type Emit<A extends string> = (
  type: EventOfArea<A>,
  id: string,
  data?: Fields,
  userId?: string,
  gurujiId?: string,
) => Promise<Emitted>;

export interface ServerClient {
  /** Any event of the catalogue that the key's scopes allow. `id` makes it count once; made up when left out. */
  emitEvent(event: {
    type: EventType;
    subject: { kind: string; id: string };
    data?: Fields;
    id?: string;
  }): Promise<Emitted>;
  emitAppointmentEvent: Emit<"appointment">;
  emitQueueEvent: Emit<"queue">;
  emitConsultationEvent: Emit<"consultation">;
  emitRemedyEvent: Emit<"remedy">;
  emitNotificationEvent: Emit<"notification">;
  emitUserEvent: Emit<"user">;
  emitGurujiEvent: Emit<"guruji">;
  emitSystemEvent: Emit<"system">;
  /** Asks for one action under the key. With the id of an earlier call the node gives its first answer. */
  act<T extends ActionType | (string & Record<never, never>)>(
    type: T,
    data: ActionData<T>,
    options?: { id?: string; saw?: Fields },
  ): Promise<Outcome<T>>;
  /** Whose a session is: for a request that carries a bearer token of the node. Null: nobody's, or not any more. */
  verifySession(token: string): Promise<User | null>;
  /** Whose the key is; null when the node does not take it. Both reject with a SangamError while it is away. */
  verifyKey(): Promise<User | null>;
}

/** What kind of record an event of an area is about. */
const subjects: Readonly<Record<string, string>> = { queue: "entry", user: "person", system: "node" };

/** Makes the client of an app's server. It starts nothing and keeps nothing. */
export function createServerClient(options: ServerOptions): ServerClient {
  const deps = surroundings(options.deps);
  const log = options.log ?? ((line) => console.warn(`sangam: ${line}`));
  const baseUrl = options.baseUrl.replace(/\/$/, "");
  const newId = uuidv7Source(deps.now, deps.getRandomValues);
  const doorFor = (token: string): Http => openHttp({ deps, baseUrl, screen: "app", token });
  const http = doorFor(options.apiKey);

  /** Tries as the retry table says, each time with what has the same id in it. */
  async function post<T>(path: string, body: unknown, done: (answer: T) => boolean): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const left = retryDelay("connecting", attempt, deps.random);
      let pause = left ?? 0;
      try {
        const answer = (await http.send("POST", path, body)).body as T;
        if (left === null || done(answer)) return answer;
      } catch (error) {
        if (!(error instanceof SangamError) || !error.retryable || left === null) throw error;
        pause = Math.min(maxRetryMs, Math.max(pause, error.retryAfterMs ?? 0));
      }
      await new Promise<void>((resume) => deps.setTimeout(resume, pause));
    }
  }

  const emitEvent: ServerClient["emitEvent"] = async ({ type, subject, data = {}, id = newId() }) => {
    try {
      const named = { kind: subject.kind, id: await uuidOf(subject.kind, subject.id) };
      // The app's own id stays findable where the node's must be another.
      const told = named.id === subject.id ? data : { id: subject.id, ...data };
      const body = { id, type, subject: named, data: told };
      return { ok: true, event: await post<EventEnvelope>("/api/v1/events", body, () => true) };
    } catch (error) {
      const { problem } = asError(error);
      log(`${type} was not told: ${problem.code}, ${problem.message}`);
      return { ok: false, error: problem };
    }
  };

  const emit: Emit<string> = (type, id, data = {}) => {
    const area = type.slice(0, type.indexOf("."));
    return emitEvent({ type, subject: { kind: subjects[area] ?? area, id }, data });
  };

  async function act(
    type: string,
    data: Fields,
    given: { id?: string; saw?: Fields } = {},
  ): Promise<Outcome> {
    const { id = newId(), saw } = given;
    const action = { id, type, at: new Date(deps.now()).toISOString(), saw, data };
    try {
      const settled = ({ results: [r] }: ActionsAnswer) => !(r?.status === "rejected" && r.error?.retryable);
      const { results } = await post<ActionsAnswer>("/api/v1/actions", { actions: [action] }, settled);
      return outcomeOf(id, results[0]);
    } catch (error) {
      return { status: "rejected", id, error: asError(error).problem };
    }
  }

  return {
    emitEvent,
    emitAppointmentEvent: emit,
    emitQueueEvent: emit,
    emitConsultationEvent: emit,
    emitRemedyEvent: emit,
    emitNotificationEvent: emit,
    emitUserEvent: emit,
    emitGurujiEvent: emit,
    emitSystemEvent: emit,
    act: act as ServerClient["act"],
    verifySession: (token) => whoAmI(doorFor(token)),
    verifyKey: () => whoAmI(http),
  };
}

/** Where the node is and the key, from SOCKET_SERVER_URL and SANGAM_API_KEY. Throws with the name of a missing one. */
export function serverSettings(
  env: Readonly<Record<string, string | undefined>>,
): Pick<ServerOptions, "baseUrl" | "apiKey"> {
  const { SOCKET_SERVER_URL: baseUrl, SANGAM_API_KEY: apiKey } = env;
  if (!baseUrl) throw new Error("SOCKET_SERVER_URL is not set: where is the node?");
  if (!apiKey) throw new Error("SANGAM_API_KEY is not set: a site admin makes a key.");
  return { baseUrl, apiKey };
}

function outcomeOf(id: string, result: WireResult | undefined): Outcome {
  if (!result) {
    return {
      status: "rejected",
      id,
      error: { code: "internal", message: "No result came.", retryable: true },
    };
  }
  const { status, seq, data, error } = result;
  if (error) return { status: "rejected", id, error };
  return { status: status === "duplicate" ? "duplicate" : "applied", id, seq, data };
}

const asError = (error: unknown): SangamError =>
  error instanceof SangamError
    ? error
    : new SangamError({ code: "internal", message: String(error), retryable: false });

const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A record's id as the node takes it: an app's own kind of id becomes a UUIDv8, always the same for the same record. */
async function uuidOf(kind: string, id: string): Promise<string> {
  if (isUuid.test(id)) return id;
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${kind}\0${id}`));
  const hex = Array.from(new Uint8Array(hash, 0, 16), (b) => b.toString(16).padStart(2, "0")).join("");
  const variant = "89ab"[Number.parseInt(hex[16] ?? "0", 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
