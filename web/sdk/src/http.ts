/** Requests to one node. Whatever goes wrong comes out as a SangamError with a code. */
import type { Deps } from "./types.ts";
import type { Problem } from "./wire.ts";

/** An error a screen decides about by `code`. Three codes are made here: `offline`, `timeout` and `aborted`. */
export class SangamError extends Error {
  readonly problem: Problem;
  /** HTTP status, 0 when nothing answered. */
  readonly status: number;
  /** When the node asked to come back, in ms from its answer; null when it did not say. */
  readonly retryAfterMs: number | null;

  constructor(problem: Problem, status = problem.status ?? 0, retryAfterMs: number | null = null) {
    super(problem.message);
    this.name = "SangamError";
    this.problem = problem;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  get code(): string {
    return this.problem.code;
  }

  get retryable(): boolean {
    return this.problem.retryable;
  }

  /** Nobody answered at all, as against a refusal. */
  get unreachable(): boolean {
    return this.status === 0;
  }
}

export const refusal = (code: string, message: string, retryable = false, status = 0) =>
  new SangamError({ code, message, retryable }, status);

const patienceMs = 10_000;

export interface Answer {
  status: number;
  body: unknown;
  /** How long the answer took. */
  tookMs: number;
}

export interface Http {
  /** Any 2xx or 304. Rejects with a SangamError, at the latest after 10 s. */
  send(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Absolute URL of the socket. */
  socketUrl(cursor: string): string;
  setToken(token: string | undefined): void;
  /** Cancels what is under way. */
  abortAll(): void;
}

export interface HttpOptions {
  deps: Deps;
  baseUrl: string;
  screen: string;
  token?: string | undefined;
  /** Told of every request: whether anything answered. */
  heard?: (answered: boolean) => void;
}

export function openHttp(options: HttpOptions): Http {
  const { deps, baseUrl, screen, heard } = options;
  let token = options.token;
  const underWay = new Set<AbortController>();

  async function send(method: string, path: string, body?: unknown): Promise<Answer> {
    const abort = new AbortController();
    underWay.add(abort);
    const began = deps.now();
    let timedOut = false;
    const timer = deps.setTimeout(() => {
      timedOut = true;
      abort.abort();
    }, patienceMs);
    try {
      const response = await deps.fetch(baseUrl + path, {
        method,
        cache: "no-store",
        signal: abort.signal,
        headers: {
          "Sangam-Screen": screen,
          "Content-Type": "application/json",
          ...(token ? { Authorization: `Bearer ${token}` } : {}),
        },
        body: JSON.stringify(body),
      });
      const parsed: unknown = parse(await response.text());
      // A 5xx without the node's own words is a proxy's, which found no node.
      if (response.status >= 500 && !(parsed as Problem | null)?.code) throw new TypeError("no node");
      heard?.(true);
      if (response.ok || response.status === 304) {
        return { status: response.status, body: parsed, tookMs: deps.now() - began };
      }
      throw new SangamError(
        problemOf(parsed, response.status),
        response.status,
        Number(response.headers.get("Retry-After")) * 1000 || null,
      );
    } catch (error) {
      if (error instanceof SangamError) throw error;
      if (abort.signal.aborted && !timedOut) throw refusal("aborted", "Cancelled.", true);
      heard?.(false);
      throw refusal(timedOut ? "timeout" : "offline", "The node does not answer.", true);
    } finally {
      deps.clearTimeout(timer);
      underWay.delete(abort);
    }
  }

  return {
    send,
    socketUrl(cursor) {
      const page = (globalThis as { location?: { href: string } }).location?.href;
      const url = new URL(`${baseUrl}/ws`, page);
      url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
      url.search = String(new URLSearchParams({ since: cursor, screen, ...(token && { token }) }));
      return url.href;
    },
    setToken(next) {
      token = next;
    },
    abortAll() {
      for (const abort of underWay) abort.abort();
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What is no problem of the node's own is told by its status alone. */
function problemOf(body: unknown, status: number): Problem {
  const told = body as Problem | null;
  return told?.code
    ? { ...told, status }
    : { code: "internal", message: `HTTP ${status}`, retryable: status === 429, status };
}
