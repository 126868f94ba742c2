import type { Shape } from "@sangam/sdk";
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient, useClientState } from "../screen/client.tsx";

/** A site as the centre keeps it; `hour` is null while nothing was noted of it. */
export type KeptSite = Omit<Shape<"EnrolledSite">, "hour"> & { hour: Shape<"SiteHour"> | null };
export interface KeptSites {
  sites: KeptSite[];
}

export interface Asked<T> {
  /** The last answer; null before the first. */
  told: T | null;
  /** True while the last request failed. */
  unheard: boolean;
  again(): void;
}

/** What the centre keeps beside its live rows: asked for when it is drawn, every so often, and when it is heard again. */
export function useAsked<T>(path: string, everyMs: number): Asked<T> {
  const client = useClient();
  const { connection, session, pending } = useClientState();
  const [told, setTold] = useState<T | null>(null);
  const [unheard, setUnheard] = useState(false);
  const current = useRef(path);
  current.current = path;
  const again = useCallback(() => {
    client.request<T>("GET", path).then(
      (answer) => {
        if (current.current !== path) return;
        setTold(answer);
        setUnheard(false);
      },
      () => setUnheard(true),
    );
  }, [client, path]);
  const heard = connection.mode === "realtime" || connection.mode === "fallback";
  const open = session.status === "signed_in";
  useEffect(() => {
    if (!open) return;
    again();
    const timer = setInterval(again, everyMs);
    return () => clearInterval(timer);
  }, [again, everyMs, open, heard, pending.length]);
  return { told, unheard, again };
}
