import type { Client, Wait } from "@sangam/sdk";
import { useCallback, useRef, useState } from "react";
import { useClient } from "../screen/client.tsx";
import type { Lang } from "../words/catalogue.ts";
import type { Rest } from "./choices.ts";
import { takeToken } from "./lease.ts";
import { appointmentIn } from "./scan.ts";

/** What the person walks away with. `alone`: given out while the box did not answer. */
export interface Slip {
  token: string;
  guruji: string | null;
  ahead: number | null;
  wait: Wait | null;
  longWait: boolean;
  /** Path of the page that shows the place on a phone. */
  link: string | null;
  alone: boolean;
  /** Clinic time at which the place counts. */
  atMs: number;
}

export type Step =
  | { name: "ask" }
  /** A token is on its way; for an appointment the node knows the guruji. */
  | { name: "asking"; guruji: string | null; by: "choice" | "code" | "number" }
  | { name: "slip"; slip: Slip }
  | { name: "help" | "appointment" }
  | { name: "rest"; why: Rest }
  /** The one who was chosen has no more tokens today. */
  | { name: "full" }
  /** What was read or typed is of no appointment of today; or of several people's. */
  | { name: "unknown" | "noBooking" | "several" }
  /** No token: the box did not answer and there is no lease, or it refused; `why` in its own words. */
  | { name: "none"; why: string | null };

/** An answer takes a tenth of a second; after this the device helps itself. */
export const PATIENCE_MS = 4000;
/** The request left and nothing came back: nobody knows, so no second token may be made up. */
const GIVE_UP_MS = 15_000;

export interface Flow {
  step: Step;
  choose(guruji: string | null): void;
  /** Checks in what a reader read. */
  scan(code: string): void;
  /** Checks in the booking of this telephone number or reference. */
  number(digits: string): void;
  show(name: "help" | "appointment"): void;
  /** Back to the question; nothing of the last person stays. */
  clear(): void;
}

export function useFlow(
  lang: Lang,
  clinicNowMs: () => number,
  delays = { patience: PATIENCE_MS, giveUp: GIVE_UP_MS },
): Flow {
  const client = useClient();
  const [step, setStep] = useState<Step>({ name: "ask" });
  // An answer to somebody who has left finds another visit and does nothing.
  const visit = useRef(0);
  // A second tap may come before the first is drawn.
  const asking = useRef(false);

  const clear = useCallback(() => {
    visit.current++;
    setStep({ name: "ask" });
  }, []);

  const take = useCallback(
    (by: "choice" | "code" | "number", wish: Partial<Whom>) => {
      if (asking.current) return;
      asking.current = true;
      const mine = ++visit.current;
      const go = (next: Step) => {
        asking.current = false;
        if (visit.current === mine) setStep(next);
      };
      setStep({ name: "asking", guruji: wish.guruji ?? null, by });
      checkIn(client, { ...NO_WISH, ...wish, lang, atMs: clinicNowMs(), delays }).then(go);
    },
    [client, lang, clinicNowMs, delays],
  );

  const choose = useCallback((guruji: string | null) => take("choice", { guruji }), [take]);
  const number = useCallback((booking: string) => take("number", { booking }), [take]);
  const scan = useCallback(
    (code: string) => {
      if (asking.current) return;
      const appointment = appointmentIn(code);
      if (appointment) return take("code", { appointment });
      visit.current++;
      setStep({ name: "unknown" });
    },
    [take],
  );

  const show = useCallback((name: "help" | "appointment") => {
    visit.current++;
    setStep({ name });
  }, []);

  return { step, choose, scan, number, show, clear };
}

/** Whom somebody came to see, as far as they said it. */
interface Whom {
  guruji: string | null;
  appointment: string | null;
  booking: string | null;
}
const NO_WISH: Whom = { guruji: null, appointment: null, booking: null };

interface Wish extends Whom {
  lang: Lang;
  atMs: number;
  delays: { patience: number; giveUp: number };
}

async function checkIn(client: Client, wish: Wish): Promise<Step> {
  if (client.getState().connection.mode === "offline") return aloneStep(client, wish);
  const act = client.act("queue.check_in", dataOf(wish), { optimistic: false });
  const first = await Promise.race([act.settled, after(wish.delays.patience)]);
  if (!first && (await client.discard(act.id))) return aloneStep(client, wish);
  const outcome = first ?? (await Promise.race([act.settled, after(wish.delays.giveUp)]));
  if (!outcome) {
    client.discard(act.id);
    return { name: "none", why: null };
  }
  if (outcome.status === "rejected") {
    // It is said here; nobody at a kiosk looks into a drawer.
    client.discard(act.id);
    const { code, message } = outcome.error;
    // Others may still have tokens: only who left the choice to the node has asked them all.
    if (code === "closed") return wish.guruji ? { name: "full" } : { name: "rest", why: "full" };
    if (wish.appointment && NO_APPOINTMENT.has(code)) return { name: "unknown" };
    if (wish.booking && NO_APPOINTMENT.has(code))
      return { name: code === "not_found" ? "noBooking" : "several" };
    return { name: "none", why: message };
  }
  return { name: "slip", slip: slipOf(outcome.data as Answer, wish) };
}

const NO_APPOINTMENT = new Set(["not_found", "not_allowed"]);

const dataOf = ({ lang, guruji, appointment, booking }: Wish) => ({
  language: lang,
  ...(guruji ? { guruji } : {}),
  ...(appointment ? { appointment } : {}),
  ...(booking ? { booking } : {}),
});

interface Answer {
  token: string;
  guruji?: string;
  ahead?: number | null;
  wait?: Wait | null;
  longWait?: boolean;
  link?: string;
}

function slipOf(answer: Answer, wish: Wish): Slip {
  return {
    token: answer.token,
    guruji: answer.guruji ?? wish.guruji,
    ahead: answer.ahead ?? null,
    wait: answer.wait ?? null,
    longWait: answer.longWait === true,
    link: answer.link ?? null,
    alone: false,
    atMs: wish.atMs,
  };
}

/** Gives a token of this device's own lease; the check-in follows by itself when the box is heard again. */
function aloneStep(client: Client, wish: Wish): Step {
  const { guruji, atMs } = wish;
  const day = client.getState().view?.day;
  // A number may name nobody, and then the token would be of nobody: only the node can tell.
  const token = day && !wish.booking ? takeToken(day) : null;
  if (!token) return { name: "none", why: null };
  client.act("queue.check_in", { token, ...dataOf(wish) }, { optimistic: false });
  const slip = { token, guruji, ahead: null, wait: null, longWait: false, link: null, alone: true, atMs };
  return { name: "slip", slip };
}

const after = (ms: number) => new Promise<null>((resolve) => setTimeout(resolve, ms, null));
