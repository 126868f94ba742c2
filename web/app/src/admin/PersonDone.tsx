import type { Shape } from "@sangam/sdk";
import { useCallback, useEffect, useRef, useState } from "react";
import { Bones } from "../blocks/lines.tsx";
import { Button, Notice } from "../blocks/small.tsx";
import { useClient, useClientState } from "../screen/client.tsx";
import { failureOf } from "../screen/door.ts";
import { useWords } from "../words/Language.tsx";
import { Done } from "./Audit.tsx";
import { people } from "./peopleWords.ts";
import type { PersonRow } from "./person.ts";

type Page = Shape<"AuditPage">;
const YEAR_MS = 365 * 86_400_000;

/** Who did what with what is kept about somebody: the record of who did what, of them alone. */
export function PersonDone({ person }: { person: PersonRow }) {
  const say = useWords(people);
  const client = useClient();
  const today = useClientState().view?.day ?? "";
  const [rows, setRows] = useState<Page["rows"] | null>(null);
  const [next, setNext] = useState("");
  const [failed, setFailed] = useState<string | null>(null);
  const asked = useRef(0);
  const load = useCallback(
    (after: string) => {
      const own = ++asked.current;
      const begun = Date.parse(today) - YEAR_MS;
      const query = new URLSearchParams({
        subject: person.id,
        ...(begun ? { from: new Date(begun).toISOString().slice(0, 10) } : {}),
        ...(after ? { after } : {}),
      });
      client.request<Page>("GET", `/api/v1/audit?${query}`).then(
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
    [client, person.id, today],
  );
  // A person is looked up again after each change, and what was done is told again with them.
  useEffect(() => load(""), [load, person]);
  return (
    <section className="card dossier" aria-labelledby="done">
      <header>
        <h4 id="done">{say("done")}</h4>
        <span className="soft note">{say("doneHow")}</span>
      </header>
      {failed !== null && (
        <Notice tone="rest" icon="cloud-off" title={say("notDone")}>
          {failed || say("unheard")}
        </Notice>
      )}
      {rows === null && failed === null && <Bones />}
      {rows?.length === 0 && <p className="soft">{say("doneNothing")}</p>}
      {rows && rows.length > 0 && <Done rows={rows} />}
      {next && (
        <p className="actions">
          <Button onClick={() => load(next)}>{say("earlier")}</Button>
        </p>
      )}
    </section>
  );
}
