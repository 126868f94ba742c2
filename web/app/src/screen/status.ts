import type { Client } from "@sangam/sdk";
import { useEffect, useState } from "react";
import type { Heard } from "../blocks/Links.tsx";
import { fetchStatus, type NodeStatus } from "./door.ts";

const ASK_EVERY_MS = 10_000;

/** What the node last said of itself, when (this browser's clock), and whether it still answers. */
export interface Told {
  status: NodeStatus | undefined;
  toldAt: number | null;
  unheard: boolean;
}

/** A screen that few sign in at has its work to ask for first. */
const FIRST_AFTER_MS = 1000;

/**
 * Asks now, or a second later if not `first`, and every ten seconds while `again`: a screen that is signed in hears
 * the rest from its client.
 */
export function useStatus(client: Client, again: boolean, first: boolean): Told {
  const [told, setTold] = useState<Told>({ status: undefined, toldAt: null, unheard: false });
  const known = told.status !== undefined;
  useEffect(() => {
    if (known && !again) return;
    let gone = false;
    const ask = () =>
      fetchStatus(client).then(
        (status) => gone || setTold({ status, toldAt: Date.now(), unheard: false }),
        () => gone || setTold((was) => ({ ...was, unheard: true })),
      );
    const soon = known ? undefined : setTimeout(ask, first ? 0 : FIRST_AFTER_MS);
    const timer = setInterval(ask, ASK_EVERY_MS);
    return () => {
      gone = true;
      clearTimeout(soon);
      clearInterval(timer);
    };
  }, [client, again, first, known]);
  return told;
}

/** What the pages before signing in know of the two links: they ask now and then, and no more. */
export function heardFromStatus(told: Told, now: number): Heard {
  const uplink = told.status?.uplink ?? null;
  return {
    node: told.status?.role === "hub" ? "centre" : "site",
    here: told.unheard ? "offline" : told.toldAt === null ? "unknown" : "live",
    agoMs: told.toldAt === null ? null : now - told.toldAt,
    toSend: 0,
    uplink,
    centreAgoMs: uplink?.lastHeard ? Math.max(0, now - Date.parse(uplink.lastHeard)) : null,
  };
}
