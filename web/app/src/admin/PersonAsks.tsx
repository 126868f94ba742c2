import type { Shape } from "@sangam/sdk";
import { useState } from "react";
import { Button, Notice } from "../blocks/small.tsx";
import { useClient, useClientState, useDataAge } from "../screen/client.tsx";
import { failureOf } from "../screen/door.ts";
import { useLanguage, useWords } from "../words/Language.tsx";
import { ErasePanel } from "./ErasePanel.tsx";
import { people } from "./peopleWords.ts";
import { askNow, newId, type PersonRow } from "./person.ts";
import { Taking } from "./Taking.tsx";
import { keep, takeOut } from "./takeOut.ts";
import "./site.css";

/** What they may take with them, who saw what, and to be erased: each on the box and now, so never while it is away. */
export function PersonAsks({ person, onErased }: { person: PersonRow; onErased(): void }) {
  const say = useWords(people);
  const client = useClient();
  const { lang } = useLanguage();
  const { offline } = useDataAge();
  const day = useClientState().view?.day ?? "";
  const [busy, setBusy] = useState("");
  const [failed, setFailed] = useState<string | null>(null);
  const [erasing, setErasing] = useState(false);
  const name = `person-${person.id.slice(0, 8)}-${day}`;
  function take(what: string, taking: () => Promise<void>) {
    setBusy(what);
    setFailed(null);
    taking()
      .catch((error: unknown) => {
        const { code, message } = failureOf(error);
        setFailed(code === "no_answer" || lang !== "en" ? "" : message);
      })
      .finally(() => setBusy(""));
  }
  const all = async () => {
    const act = { type: "person.export", data: { person: person.id } };
    const told = await askNow<Shape<"PersonExport">>(client, newId(), act);
    keep(new Blob([JSON.stringify(told, null, 2)], { type: "application/json" }), `${name}.json`);
  };
  const bundle = () => takeOut(client, "/fhir", { person: person.id }, `${name}-fhir.json`);
  const shut = offline || busy !== "";
  return (
    <section aria-labelledby="asks">
      <h4 id="asks">{say("asks")}</h4>
      {offline && <p className="soft note">{say("needsBox")}</p>}
      {failed !== null && (
        <Notice tone="alarm" icon="triangle-alert" loud title={say("notDone")}>
          {failed || say("otherwise")}
        </Notice>
      )}
      <ul className="takings">
        <Taking icon="download" name={say("takeOut")} how={say("takeOutHow")}>
          <Button
            disabled={shut}
            aria-label={`${say("download")}: ${say("takeOut")}`}
            onClick={() => take("all", all)}
          >
            {busy === "all" ? say("coming") : say("download")}
          </Button>
        </Taking>
        <Taking icon="heart" name={say("fhir")} how={say("fhirHow")}>
          <Button
            disabled={shut}
            aria-label={`${say("download")}: ${say("fhir")}`}
            onClick={() => take("fhir", bundle)}
          >
            {busy === "fhir" ? say("coming") : say("download")}
          </Button>
        </Taking>
        <Taking icon="lock" name={say("breach")} how={say("breachHow")}>
          <a className="button" href="#reports">
            {say("toReports")}
          </a>
        </Taking>
        <Taking icon="minus-circle" name={say("eraseAll")} how={say("eraseHow")}>
          <Button
            disabled={offline}
            aria-label={`${say("erase")}: ${person.name}`}
            onClick={() => setErasing(true)}
          >
            {say("erase")}
          </Button>
        </Taking>
      </ul>
      {erasing && <ErasePanel person={person} onErased={onErased} onClose={() => setErasing(false)} />}
    </section>
  );
}
