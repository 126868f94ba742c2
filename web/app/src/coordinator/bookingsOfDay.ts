import { useEffect, useState } from "react";
import { useClient, useClientState } from "../screen/client.tsx";
import { failureOf } from "../screen/door.ts";
import type { BookingRow } from "./bookings.ts";

/** What was read of a day; null while it is asked for, and after `failed` nothing came. */
export interface ReadDay {
  rows: readonly BookingRow[] | null;
  failed: boolean;
  again(): void;
}

/** A day that did not come is asked for again after this time; while the box is away, once it is back. */
const AGAIN_MS = 3000;

/**
 * Reads the bookings of a day, again after each new snapshot, since a feed that began anew has forgotten other days, and
 * when the box is heard again.
 */
export function useBookingsOf(day: string): ReadDay {
  const client = useClient();
  const { view, connection } = useClientState();
  const offline = connection.mode === "offline";
  const [read, setRead] = useState<{ day: string; rows: readonly BookingRow[] | null; failed: boolean }>({
    day,
    rows: null,
    failed: false,
  });
  const [times, setTimes] = useState(0);
  // A new snapshot, a box that is back and a wish ask again.
  useEffect(() => {
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    client.request<{ bookings: BookingRow[] }>("GET", `/api/v1/bookings?day=${day}`).then(
      ({ bookings }) => wanted && setRead({ day, rows: bookings, failed: false }),
      (error) => {
        if (!wanted) return;
        setRead((now) => ({ day, rows: now.day === day ? now.rows : null, failed: true }));
        if (!offline && failureOf(error).code === "no_answer")
          timer = setTimeout(() => setTimes((n) => n + 1), AGAIN_MS);
      },
    );
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, day, view, offline, times]);
  const own = read.day === day ? read : { rows: null, failed: false };
  return { rows: own.rows, failed: own.failed, again: () => setTimes((n) => n + 1) };
}
