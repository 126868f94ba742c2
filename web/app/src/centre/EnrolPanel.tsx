import { type FormEvent, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Qr } from "../blocks/Qr.tsx";
import { Button } from "../blocks/small.tsx";
import { desk } from "../desk/words.ts";
import { useClient } from "../screen/client.tsx";
import { failureOf } from "../screen/door.ts";
import { useLanguage, useWords } from "../words/Language.tsx";
import { dayAndDate } from "../words/times.ts";
import { work } from "./workWords.ts";
import "./work.css";

/** What the hub answers, once. */
interface Enrolled {
  code: string;
  site?: string;
  expires: string;
}

/** A join code for a new site, or for a known one whose box is replaced. Nothing of it stays in this browser. */
export function EnrolPanel({ onClose }: { onClose(): void }) {
  const say = useWords(work);
  const words = useWords(desk);
  const client = useClient();
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string>();
  const [made, setMade] = useState<Enrolled>();
  function go(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (busy || !name.trim()) return;
    setBusy(true);
    setRefused(undefined);
    client
      .request<Enrolled>("POST", "/api/v1/sites", { name: name.trim() })
      .then(setMade, (error: unknown) => {
        const { code, message } = failureOf(error);
        setRefused(code === "no_answer" ? say("unread") : message);
      })
      .finally(() => setBusy(false));
  }
  if (made) return <Made name={name.trim()} made={made} onClose={onClose} />;
  return (
    <Panel
      title={say("enrol")}
      onClose={onClose}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{words("cancel")}</Button>
          <Button kind="main" type="submit" form="enrol-form" disabled={busy}>
            {say("makeCode")}
          </Button>
        </>
      }
    >
      <form id="enrol-form" className="form" onSubmit={go} noValidate>
        <p className="soft">{say("enrolHow")}</p>
        <Field
          label={say("siteName")}
          data-first=""
          autoComplete="off"
          maxLength={200}
          value={name}
          wrong={(tried && !name.trim() && say("siteNameMissing")) || refused}
          onChange={(event) => {
            setRefused(undefined);
            setName(event.currentTarget.value);
          }}
        />
      </form>
    </Panel>
  );
}

function Made({ name, made, onClose }: { name: string; made: Enrolled; onClose(): void }) {
  const say = useWords(work);
  const { lang } = useLanguage();
  return (
    <Panel
      title={say("codeFor", { name })}
      also="join"
      onClose={onClose}
      foot={
        <>
          <Button icon="printer" onClick={() => print()}>
            {say("printCode")}
          </Button>
          <span className="push" />
          <Button kind="main" data-first="" onClick={onClose}>
            {say("codeTaken")}
          </Button>
        </>
      }
    >
      <p>{say(made.site ? "codeHowAgain" : "codeHow", { until: dayAndDate(made.expires, lang) })}</p>
      <div className="join-code">
        <Qr text={made.code} />
        <div>
          <p className="code">{made.code}</p>
          <p className="soft note">{say("codeCommand")}</p>
          <pre className="command">sangam edge --data DIR --redis URL --join {made.code}</pre>
        </div>
      </div>
      <p className="soft note">{say("codeOnce")}</p>
    </Panel>
  );
}
