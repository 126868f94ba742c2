import { useCallback, useEffect } from "react";
import { Bones } from "../blocks/lines.tsx";
import { Button, Notice } from "../blocks/small.tsx";
import { useClientState } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { Done } from "./Audit.tsx";
import { useAuditPages } from "./auditPages.ts";
import { people } from "./peopleWords.ts";
import type { PersonRow } from "./person.ts";

const YEAR_MS = 365 * 86_400_000;

/** Who did what with what is kept about somebody: the record of who did what, of them alone. */
export function PersonDone({ person }: { person: PersonRow }) {
  const say = useWords(people);
  const today = useClientState().view?.day ?? "";
  const { rows, next, failed, load } = useAuditPages();
  const ask = useCallback(
    (after = "") => {
      const begun = Date.parse(today) - YEAR_MS;
      load({ subject: person.id, from: begun ? new Date(begun).toISOString().slice(0, 10) : "" }, after);
    },
    [load, person.id, today],
  );
  // A person is looked up again after each change, and what was done is told again with them.
  useEffect(() => ask(), [ask, person]);
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
          <Button onClick={() => ask(next)}>{say("earlier")}</Button>
        </p>
      )}
    </section>
  );
}
