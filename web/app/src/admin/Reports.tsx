import { useState } from "react";
import { Field } from "../blocks/choices.tsx";
import type { IconName } from "../blocks/Icon.tsx";
import { Icon } from "../blocks/Icon.tsx";
import { Button, Notice } from "../blocks/small.tsx";
import { useClient, useClientState, useDataAge } from "../screen/client.tsx";
import { addressOf } from "../screen/door.ts";
import { useLanguage, useWords } from "../words/Language.tsx";
import { records } from "./recordWords.ts";
import { Taking } from "./Taking.tsx";
import { takeOut } from "./takeOut.ts";
import "./site.css";

const TABLES = ["entries", "appointments", "consultations", "audit", "erasures", "breach"] as const;
type Table = (typeof TABLES)[number];
const ICONS: Record<Table, IconName> = {
  entries: "users",
  appointments: "calendar",
  consultations: "leaf",
  audit: "file-text",
  erasures: "minus-circle",
  breach: "lock",
};
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;
/** The node gives no more at a time. */
const MOST_DAYS = 31;

/** Whether two service-days make a span that the node gives. */
export function spanIsRight(from: string, to: string): boolean {
  if (!DATE.test(from) || !DATE.test(to)) return false;
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  return days >= 0 && days < MOST_DAYS;
}

/** The report of a day to print, and tables to take out. Each taking is kept in the record of who did what. */
export function Reports() {
  const say = useWords(records);
  const client = useClient();
  const { lang } = useLanguage();
  const { offline } = useDataAge();
  const today = useClientState().view?.day ?? "";
  const [from, setFrom] = useState(today);
  const [to, setTo] = useState(today);
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState("");
  const right = spanIsRight(from, to);
  function take(what: string, path: string, asked: Record<string, string>, name: string) {
    setBusy(what);
    setFailed(null);
    takeOut(client, path, asked, name)
      .catch((error: Error) => setFailed(error.message))
      .finally(() => setBusy(""));
  }
  return (
    <>
      <header>
        <div>
          <h2>{say("reports")}</h2>
          <p>{say("reportsHow")}</p>
        </div>
      </header>
      {failed !== null && (
        <Notice tone="alarm" icon="triangle-alert" loud title={say("notTaken")}>
          {failed || say("unheard")}
        </Notice>
      )}
      <section className="card settings" aria-labelledby="span">
        <h3 id="span">{say("whichDays")}</h3>
        <Field
          label={say("from")}
          type="date"
          max={today}
          value={from}
          onChange={(event) => {
            setFrom(event.currentTarget.value);
            if (event.currentTarget.value > to) setTo(event.currentTarget.value);
          }}
        />
        <Field
          label={say("to")}
          type="date"
          max={today}
          value={to}
          wrong={!right && say("spanWrong", { most: MOST_DAYS })}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      </section>
      <ul className="takings">
        <Taking icon="printer" name={say("dayReport")} how={say("dayReportHow")}>
          {right && !offline ? (
            <a
              className="button main"
              target="_blank"
              rel="noreferrer"
              href={addressOf(client, "/api/v1/report", { day: from, lang: lang === "en" ? "en" : "hi" })}
            >
              <Icon name="file-text" /> {say("open")}
            </a>
          ) : (
            <Button disabled icon="file-text">
              {say("open")}
            </Button>
          )}
        </Taking>
        {TABLES.map((table) => (
          <Taking key={table} icon={ICONS[table]} name={say(`table.${table}`)} how={say(`how.${table}`)}>
            <Button
              icon="download"
              disabled={!right || offline || busy !== ""}
              aria-label={`${say("takeCsv")}: ${say(`table.${table}`)}`}
              onClick={() =>
                take(table, `/api/v1/exports/${table}`, { from, to }, `${table}-${from}-${to}.csv`)
              }
            >
              {busy === table ? say("coming") : say("takeCsv")}
            </Button>
          </Taking>
        ))}
        <Taking icon="heart" name={say("fhir")} how={say("fhirHow")}>
          <Button
            icon="download"
            disabled={!right || offline || busy !== ""}
            onClick={() => take("fhir", "/fhir", { day: from }, `fhir-${from}.json`)}
          >
            {busy === "fhir" ? say("coming") : say("takeFhir")}
          </Button>
        </Taking>
      </ul>
    </>
  );
}
