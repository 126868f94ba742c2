import { useEffect, useState } from "react";
import { useClient } from "../screen/client.tsx";

export interface Asked<T> {
  /** The last answer; null until there is one. */
  told: T | null;
  /** When it came, by this browser's clock. */
  toldAt: number;
  /** The last question was not answered. */
  unheard: boolean;
}

/** What the box says at a path, asked again every `periodMs` while the block is there. */
export function useAsked<T>(path: string, periodMs: number): Asked<T> {
  const client = useClient();
  const [asked, setAsked] = useState<Asked<T>>({ told: null, toldAt: 0, unheard: false });
  useEffect(() => {
    let gone = false;
    const ask = () =>
      client.request<T>("GET", path).then(
        (told) => gone || setAsked({ told, toldAt: Date.now(), unheard: false }),
        () => gone || setAsked((was) => ({ ...was, unheard: true })),
      );
    ask();
    const timer = setInterval(ask, periodMs);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [client, path, periodMs]);
  return asked;
}
