import { useCallback, useEffect, useState } from "react";

/** The whole demo as its server tells it. null is not known. */
export interface DemoState {
  serverTime: string;
  clinicTime: string;
  speed: number;
  zone: string;
  idle: boolean;
  dayEnded: boolean;
  centre: { url: string; doors: Door[] };
  sites: Site[];
  news: Item[];
}

export interface Site {
  id: string;
  name: string;
  url: string;
  cutAt: string | null;
  stoppedAt: string | null;
  /** Joined again, and not all that waited has arrived. */
  catching: boolean;
  back: Arrival | null;
  figures: Figures | null;
  /** As the site says. */
  uplink: { state: string; backlog: { records: number } } | null;
  /** As the centre says. */
  centre: { state: string; lastHeard: string | null; waiting: number | null; done: number | null } | null;
  /** Edits that arrived at the centre since the demo began. */
  arrived: number;
  /** Tokens called last, newest first. */
  recent: string[];
  phone?: string;
  doors: Door[];
}

export interface Figures {
  waiting: number;
  inService: number;
  done: number;
}

/** The last time that a line was joined and all which waited was at the centre. `at` is real time. */
export interface Arrival {
  at: string;
  records: number;
  tookMs: number;
  awayMs: number;
}

/** A screen of somebody: `opens` is posted to and leads there signed in, `href` asks for the PIN. */
export interface Door {
  screen: string;
  name?: string;
  pin?: string;
  href?: string;
  opens?: string;
}

/** Something that happened; `at` is the clinic's time. */
export interface Item {
  id: number;
  at: string;
  kind: string;
  site?: string;
  token?: string;
  room?: string;
  records?: number;
  tookMs?: number;
  awayMs?: number;
}

export interface Heard {
  state: DemoState;
  /** This browser's clock when it came. */
  at: number;
}

const AGAIN_MS = 1000;

/** The state as it comes; `heard` is false while the demo does not answer, and what was told last stays. */
export function useDemo(): { last: Heard | null; heard: boolean } {
  const [last, setLast] = useState<Heard | null>(null);
  const [heard, setHeard] = useState(true);
  useEffect(() => {
    let stream: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    function open() {
      stream = new EventSource("/demo/stream");
      stream.onmessage = ({ data }) => {
        setLast({ state: JSON.parse(String(data)) as DemoState, at: Date.now() });
        setHeard(true);
      };
      // The browser's own way to try again gives up on some answers, so it is not left to it.
      stream.onerror = () => {
        stream.close();
        setHeard(false);
        timer = setTimeout(open, AGAIN_MS);
      };
    }
    open();
    return () => {
      clearTimeout(timer);
      stream.close();
    };
  }, []);
  return { last, heard };
}

/** What a person may order. Each is answered when it is done. */
export type Order =
  | { to: "line"; site: string; cut: boolean }
  | { to: "node"; site: string; stopped: boolean }
  | { to: "speed"; speed: number }
  | { to: "restart" };

export function requestOf(order: Order): { path: string; body: Record<string, unknown> } {
  switch (order.to) {
    case "line":
      return { path: `/demo/sites/${order.site}/line`, body: { cut: order.cut } };
    case "node":
      return { path: `/demo/sites/${order.site}/node`, body: { stopped: order.stopped } };
    case "speed":
      return { path: "/demo/speed", body: { speed: order.speed } };
    case "restart":
      return { path: "/demo/restart", body: {} };
  }
}

/** Sends orders one at a time; `refusal` is what went wrong with the last one, "" for no answer. */
export function useOrders(): { send(order: Order): void; busy: Order | null; refusal: string | null } {
  const [busy, setBusy] = useState<Order | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const send = useCallback((order: Order) => {
    const { path, body } = requestOf(order);
    setBusy(order);
    setRefusal(null);
    fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    })
      .then(async (answer) => {
        if (!answer.ok) setRefusal(((await answer.json()) as { message?: string }).message ?? "");
      })
      .catch(() => setRefusal(""))
      .finally(() => setBusy(null));
  }, []);
  return { send, busy, refusal };
}
