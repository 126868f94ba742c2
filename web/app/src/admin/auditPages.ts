import type { Shape } from "@sangam/sdk";
import { useCallback, useRef, useState } from "react";
import { useClient } from "../screen/client.tsx";
import { failureOf } from "../screen/door.ts";

type Page = Shape<"AuditPage">;

/** Pages of who did what, newest first. Only the latest question is answered: one asked before it comes too late. */
export function useAuditPages() {
  const client = useClient();
  const [rows, setRows] = useState<Page["rows"] | null>(null);
  const [next, setNext] = useState("");
  /** Why there is no answer: "" when the box is not heard, null when all is well. */
  const [failed, setFailed] = useState<string | null>(null);
  const asked = useRef(0);
  /** Without after it is a first page, which takes the place of what stands there; with it what stands there goes on. */
  const load = useCallback(
    (question: Record<string, string>, after = "") => {
      const own = ++asked.current;
      const given = Object.entries({ ...question, after }).filter(([, value]) => value !== "");
      client.request<Page>("GET", `/api/v1/audit?${new URLSearchParams(given)}`).then(
        (page) => {
          if (own !== asked.current) return;
          setRows((before) => (after && before ? [...before, ...page.rows] : page.rows));
          setNext(page.next ?? "");
          setFailed(null);
        },
        (error) => {
          if (own !== asked.current) return;
          const { code, message } = failureOf(error);
          setFailed(code === "no_answer" ? "" : message);
        },
      );
    },
    [client],
  );
  const clear = useCallback(() => setRows(null), []);
  return { rows, next, failed, load, clear };
}
