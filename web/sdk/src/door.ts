/** The ways in and out of a node: each request starts a session or asks whose it is. */
import { type Http, refusal, type SangamError } from "./http.ts";
import { between } from "./schedule.ts";
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
    if ((error as SangamError).status === 401) return null; // requests fail with nothing else
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
    if ((error as SangamError).status !== 401) throw error;
  }
}

/** A wish to be let in that nobody decided about yet. */
export interface Wish {
  requestId: string;
  code: string;
}

export interface Asked extends Wish {
  approved: Promise<SessionAnswer>;
  cancel(): void;
}

/**
 * Asks for a device to be let in, then asks again every few seconds until somebody decided. `before` is the wish of
 * an earlier run, which is then gone on with; `keep` is told of a new one, and null once it is decided.
 */
export async function askToPair(
  deps: Deps,
  http: Http,
  device: { kind: string; name: string },
  before: Wish | null,
  keep: (wish: Wish | null) => Promise<void>,
): Promise<Asked> {
  const { requestId, code = "" } =
    before ?? ((await http.send("POST", sessionPath, { device })).body as PairingAnswer);
  if (!before) await keep({ requestId, code });
  let cancelled = false;
  let wake: () => void = () => {};
  const pause = () =>
    new Promise<void>((resume) => {
      wake = resume;
      deps.setTimeout(resume, between([2_000, 3_000], deps.random));
    });

  async function decided(): Promise<SessionAnswer> {
    for (let early = before !== null; ; early = false) {
      // One from before may be decided by now; a new one is not.
      if (!early) await pause();
      if (cancelled) throw refusal("aborted", "Cancelled.");
      try {
        const answer = await http.send("POST", sessionPath, { device: { requestId } });
        if (answer.status !== 202) return answer.body as SessionAnswer;
      } catch (error) {
        if (!(error as SangamError).retryable) throw error;
      }
    }
  }

  const approved = decided().finally(() => {
    if (!cancelled) return keep(null);
  });
  return {
    requestId,
    code,
    approved,
    cancel() {
      cancelled = true;
      wake();
    },
  };
}
