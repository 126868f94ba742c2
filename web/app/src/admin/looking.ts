import type { Shape } from "@sangam/sdk";
import { useCallback, useRef, useState } from "react";
import { useClient } from "../screen/client.tsx";
import { type Failure, failureOf } from "../screen/door.ts";

export type Found = Shape<"People">;

/** Looks for people on the box; the answer to an earlier question is dropped. */
export function useLook() {
  const client = useClient();
  const [failed, setFailed] = useState<Failure | null>(null);
  const turn = useRef(0);
  const look = useCallback(
    (text: string, then: (answer: Found) => void) => {
      const own = ++turn.current;
      setFailed(null);
      client.request<Found>("GET", `/api/v1/people?${new URLSearchParams({ q: text })}`).then(
        (answer) => own === turn.current && then(answer),
        (error) => own === turn.current && setFailed(failureOf(error)),
      );
    },
    [client],
  );
  const drop = useCallback(() => void turn.current++, []);
  return { failed, look, drop };
}
