import type { Client, State } from "@sangam/sdk";
import { useEffect, useRef } from "react";

/**
 * A block of tokens that this device may give out while it is cut off. The node refuses any token that is
 * not from it. Kept in localStorage, since a number once given must never be given again, whatever restarts.
 */
interface Lease {
  day: string;
  prefix: string;
  next: number;
  to: number;
}

const KEY = "sangam.kiosk.lease";
const BLOCK = 50;
const TOP_UP_BELOW = 15;

function kept(): Lease[] {
  try {
    const leases: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(leases) ? (leases as Lease[]) : [];
  } catch {
    return [];
  }
}

/** Returns false when this browser keeps nothing: then nothing may be given out either. */
function keep(leases: Lease[]): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(leases));
    return true;
  } catch {
    return false;
  }
}

const left = (day: string) =>
  kept().reduce((sum, one) => sum + (one.day === day ? one.to - one.next + 1 : 0), 0);

/** The next token of the day's lease, K2-07; null when there is none. It is gone from the lease on return. */
export function takeToken(day: string): string | null {
  const leases = kept().filter((one) => one.day === day && one.next <= one.to);
  const [first, ...others] = leases;
  if (!first) return null;
  const token = `${first.prefix}-${String(first.next).padStart(2, "0")}`;
  return keep([{ ...first, next: first.next + 1 }, ...others]) ? token : null;
}

function addLease(data: Readonly<Record<string, unknown>>) {
  const { day, prefix, from, to } = data;
  if (typeof day !== "string" || typeof prefix !== "string") return;
  keep([...kept().filter((one) => one.day === day), { day, prefix, next: Number(from), to: Number(to) }]);
}

/** Keeps enough tokens on this device for the hour in which the box does not answer. */
export function useLease(client: Client, state: State) {
  const asking = useRef(false);
  const day = state.view?.day;
  const heard = state.connection.mode === "realtime" || state.connection.mode === "fallback";
  // Counted on every change of state: cheap, and the day may have turned.
  const short = day !== undefined && heard && left(day) < TOP_UP_BELOW;
  useEffect(() => {
    if (!short || asking.current) return;
    asking.current = true;
    const { id, settled } = client.act("queue.lease_tokens", { count: BLOCK }, { optimistic: false });
    settled.then((outcome) => {
      asking.current = false;
      if (outcome.status === "rejected") client.discard(id);
      else addLease(outcome.data as Readonly<Record<string, unknown>>);
    });
  }, [client, short]);
}
