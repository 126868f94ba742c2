import type { Shape } from "@sangam/sdk";
import { type FormEvent, useCallback, useEffect, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Bones } from "../blocks/lines.tsx";
import { Button, Empty, Name, Notice } from "../blocks/small.tsx";
import { Sure } from "../desk/Sure.tsx";
import { useClient, usePlace } from "../screen/client.tsx";
import { failureOf } from "../screen/door.ts";
import { useLanguage, useWords } from "../words/Language.tsx";
import { dayAndDate } from "../words/times.ts";
import { site } from "./siteWords.ts";
import "./site.css";

type App = Shape<"App">;

/** Keys of outside apps: made here, told once, ended at once. Nothing of a key stays in this browser. */
export function Apps() {
  const say = useWords(site);
  const client = useClient();
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const [apps, setApps] = useState<readonly App[] | null>(null);
  const [failed, setFailed] = useState("");
  const [key, setKey] = useState("");
  const [ending, setEnding] = useState<App | null>(null);
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState("events");
  const unheard = say("unheard");
  const tell = useCallback(
    (error: unknown) => {
      const { code, message } = failureOf(error);
      setFailed(code === "no_answer" ? unheard : message);
    },
    [unheard],
  );
  const load = useCallback(
    () =>
      client.request<Shape<"Apps">>("GET", "/api/v1/apps").then((answer) => {
        setApps(answer.apps);
        setFailed("");
      }, tell),
    [client, tell],
  );
  useEffect(() => void load(), [load]);
  function make(event: FormEvent) {
    event.preventDefault();
    const asked = { name: name.trim(), scopes: scopes.trim().split(/\s+/).filter(Boolean) };
    if (!asked.name || asked.scopes.length === 0) return setFailed(say("appMissing"));
    client.request<Shape<"AppKey">>("POST", "/api/v1/apps", asked).then((made) => {
      setKey(made.key);
      setName("");
      void load();
    }, tell);
  }
  return (
    <>
      <header>
        <div>
          <h2>{say("apps")}</h2>
          <p>{say("appsHow")}</p>
        </div>
      </header>
      {failed && (
        <Notice tone="alarm" icon="triangle-alert" loud title={say("notDone")}>
          {failed}
        </Notice>
      )}
      {key && (
        <Notice tone="heed" icon="key" title={say("keyOnce")}>
          <p className="command">{key}</p>
          <p className="actions">
            <Button onClick={() => setKey("")}>{say("keyTaken")}</Button>
          </p>
        </Notice>
      )}
      {apps === null && !failed && <Bones />}
      {apps?.length === 0 && (
        <Empty icon="key" title={say("noApps")}>
          {say("noAppsWhy")}
        </Empty>
      )}
      {apps && apps.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{say("app")}</th>
              <th scope="col">{say("may")}</th>
              <th scope="col">{say("since")}</th>
              <th scope="col">
                <span className="unseen">{say("end")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {apps.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  <Name>{one.name}</Name>
                </th>
                <td>{one.scopes.join(" ")}</td>
                <td>{dayAndDate(one.createdAt, lang, zone)}</td>
                <td>
                  <Button aria-label={`${say("end")}: ${one.name}`} onClick={() => setEnding(one)}>
                    {say("end")}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <form className="card settings" onSubmit={make} noValidate aria-labelledby="new-app">
        <h3 id="new-app">{say("newApp")}</h3>
        <Field
          label={say("appName")}
          autoComplete="off"
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Field
          label={say("scopes")}
          note={say("scopesHow")}
          autoComplete="off"
          value={scopes}
          onChange={(event) => setScopes(event.currentTarget.value)}
        />
        <p className="actions">
          <Button kind="main" icon="key" type="submit">
            {say("makeKey")}
          </Button>
        </p>
      </form>
      {ending && (
        <Sure
          title={say("endTitle", { name: ending.name })}
          why={say("endWhy")}
          does={say("end")}
          onDo={() => client.request("DELETE", `/api/v1/apps/${ending.id}`).then(load, tell)}
          onClose={() => setEnding(null)}
        />
      )}
    </>
  );
}
