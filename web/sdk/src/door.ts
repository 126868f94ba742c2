/** The ways in and out of a node: each request starts a session or asks whose it is. */
import { type Http, refusal, SangamError } from "./http.ts";
import { backoff, between } from "./schedule.ts";
import type { Deps } from "./types.ts";
import type { PairingAnswer, SessionAnswer, StatusAnswer, User } from "./wire.ts";

const sessionPath = "/api/v1/session";

export async function openSession(http: Http, body: unknown): Promise<SessionAnswer> {
  return (await http.send("POST", sessionPath, body)).body as SessionAnswer;
}

/** Whose session this is; null: nobody's. */
export async function whoAmI(http: Http): Promise<User | null> {
  try {
    return ((await http.send("GET", sessionPath)).body as SessionAnswer).user;
  } catch (error) {
    if (error instanceof SangamError && error.status === 401) return null;
    throw error;
  }
}

export async function nodeId(http: Http): Promise<string> {
  return ((await http.send("GET", "/api/v1/status")).body as StatusAnswer).node;
}

/** Ends the session; one that is over already is fine. */
export async function closeSession(http: Http): Promise<void> {
  try {
    await http.send("DELETE", sessionPath);
  } catch (error) {
    if (!(error instanceof SangamError) || error.status !== 401) throw error;
  }
}

export interface Asked {
  requestId: string;
  code: string;
  approved: Promise<SessionAnswer>;
  cancel(): void;
}

/** Asks for a device to be let in, then asks again every few seconds until somebody decided. */
export async function askToPair(
  deps: Deps,
  http: Http,
  device: { kind: string; name: string },
): Promise<Asked> {
  const { requestId, code = "" } = (await http.send("POST", sessionPath, { device })).body as PairingAnswer;
  let cancelled = false;
  let wake: () => void = () => {};
  const pause = (ms: number) =>
    new Promise<void>((resume) => {
      const timer = deps.setTimeout(resume, ms);
      wake = () => {
        deps.clearTimeout(timer);
        resume();
      };
    });

  async function approved(): Promise<SessionAnswer> {
    for (let failures = 0; ; ) {
      await pause(
        failures === 0 ? between([2_000, 3_000], deps.random) : backoff(failures, 1_000, deps.random),
      );
      if (cancelled) throw refusal("aborted", "Cancelled.");
      try {
        const answer = await http.send("POST", sessionPath, { device: { requestId } });
        if (answer.status !== 202) return answer.body as SessionAnswer;
        failures = 0;
      } catch (error) {
        if (!(error instanceof SangamError) || !error.retryable) throw error;
        failures++;
      }
    }
  }

  return {
    requestId,
    code,
    approved: approved(),
    cancel() {
      cancelled = true;
      wake();
    },
  };
}
