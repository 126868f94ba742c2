import { entryById, type Shape } from "@sangam/sdk";
import { type FormEvent, useEffect, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Bones } from "../blocks/lines.tsx";
import { Button, Empty, Name, Notice } from "../blocks/small.tsx";
import { useClientState, usePlace } from "../screen/client.tsx";
import { useLanguage, useWords } from "../words/Language.tsx";
import { pending } from "../words/pending.ts";
import { clock, dayAndDate } from "../words/times.ts";
import { useAuditPages } from "./auditPages.ts";
import { deeds } from "./deedWords.ts";
import { records } from "./recordWords.ts";
import { UNSAID } from "./touched.ts";
import "./site.css";

type Row = Shape<"AuditPage">["rows"][number];

const AREAS = [
  "queue",
  "guruji",
  "person",
  "appointment",
  "consultation",
  "note",
  "remedy",
  "staff",
  "device",
  "setting",
  "data",
] as const;

interface Search {
  actor: string;
  area: string;
  from: string;
  to: string;
}

const NOTHING: Search = { actor: "", area: "", from: "", to: "" };

const questionOf = ({ actor, area, from, to }: Search) => ({
  actor: actor.trim(),
  type: area && `${area}.*`,
  from,
  to,
});

/** Who did what to what, newest first. Names of fields are told, never what they held. */
export function Audit() {
  const say = useWords(records);
  const today = useClientState().view?.day ?? "";
  const [search, setSearch] = useState<Search>(NOTHING);
  const { rows, next, failed, load, clear } = useAuditPages();
  // The first page comes by itself; after that what is typed is searched for when asked.
  useEffect(() => load(questionOf(NOTHING)), [load]);
  function go(event: FormEvent) {
    event.preventDefault();
    clear();
    load(questionOf(search));
  }
  const set = (over: Partial<Search>) => setSearch({ ...search, ...over });
  return (
    <>
      <header>
        <div>
          <h2>{say("audit")}</h2>
          <p>{say("auditHow")}</p>
        </div>
      </header>
      <form className="card settings" onSubmit={go}>
        <Field
          label={say("who")}
          note={say("whoHow")}
          autoComplete="off"
          maxLength={200}
          value={search.actor}
          onChange={(event) => set({ actor: event.currentTarget.value })}
        />
        <label>
          <span className="label">{say("what")}</span>
          <span className="field">
            <select value={search.area} onChange={(event) => set({ area: event.currentTarget.value })}>
              <option value="">{say("everything")}</option>
              {AREAS.map((area) => (
                <option key={area} value={area}>
                  {say(`area.${area}`)}
                </option>
              ))}
            </select>
          </span>
        </label>
        <Field
          label={say("from")}
          type="date"
          max={today}
          value={search.from}
          onChange={(event) => set({ from: event.currentTarget.value })}
        />
        <Field
          label={say("to")}
          type="date"
          max={today}
          value={search.to}
          onChange={(event) => set({ to: event.currentTarget.value })}
        />
        <p className="actions">
          <Button kind="main" icon="search" type="submit">
            {say("search")}
          </Button>
        </p>
      </form>
      {failed !== null && (
        <Notice tone="alarm" icon="triangle-alert" loud title={say("notFound")}>
          {failed || say("unheard")}
        </Notice>
      )}
      {rows === null && failed === null && <Bones />}
      {rows?.length === 0 && !next && (
        <Empty icon="search" title={say("nothingDone")}>
          {say("nothingDoneWhy")}
        </Empty>
      )}
      {rows && rows.length > 0 && <Done rows={rows} />}
      {next && rows !== null && (
        <p className="actions">
          <Button onClick={() => load(questionOf(search), next)}>{say("earlier")}</Button>
        </p>
      )}
    </>
  );
}

const FIELDS = Object.keys(records.phrases).filter((key) => key.startsWith("field."));
/** A table with a heading for each day. */
export function Done({ rows }: { rows: readonly Row[] }) {
  const say = useWords(records);
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const days = new Map<string, Row[]>();
  for (const row of rows) days.set(row.day, [...(days.get(row.day) ?? []), row]);
  return (
    <table className="table audit">
      <thead>
        <tr>
          <th scope="col">{say("when")}</th>
          <th scope="col">{say("who")}</th>
          <th scope="col">{say("what")}</th>
          <th scope="col">{say("touched")}</th>
        </tr>
      </thead>
      {[...days].map(([day, own]) => (
        <tbody key={day}>
          <tr>
            <th scope="rowgroup" colSpan={4} className="day">
              {dayAndDate(`${day}T12:00:00Z`, lang, zone)}
            </th>
          </tr>
          {own.map((row) => (
            <Deed key={row.id} row={row} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

function Deed({ row }: { row: Row }) {
  const say = useWords(records);
  const words = useWords(pending);
  const others = useWords(deeds);
  const state = useClientState();
  const { zone } = usePlace();
  const token = (row.subject && entryById(state, row.subject)?.token) || say("aToken");
  const deed =
    row.type in pending.phrases
      ? words(row.type as "queue.call", { token })
      : row.type in deeds.phrases
        ? others(row.type as "data.export")
        : row.type;
  const role = `role.${row.role}`;
  const inRole = role in records.phrases ? say(role as "role.admin") : row.role;
  // Two fields may be one thing to a reader. An export says what was taken, which is no field.
  const said = row.fields
    .filter((name) => !UNSAID.has(name))
    .map((name) => (FIELDS.includes(`field.${name}`) ? say(`field.${name}` as "field.status") : name));
  const touched = [...new Set(said)];
  if (row.type === "note.view") touched.push(say("ofPeople", { count: row.subjects?.length ?? 1 }));
  return (
    <tr>
      <td>{row.at && clock(row.at, zone)}</td>
      <th scope="row">
        <Name>{row.actorName || inRole}</Name>
        {row.actorName && <span className="soft note"> {inRole}</span>}
      </th>
      <td>{deed}</td>
      <td className="soft note">{touched.join(", ")}</td>
    </tr>
  );
}
