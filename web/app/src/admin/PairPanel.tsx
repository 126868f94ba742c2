import { type FormEvent, useState } from "react";
import { Choice, Field } from "../blocks/choices.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Qr } from "../blocks/Qr.tsx";
import { Button } from "../blocks/small.tsx";
import { useClient, usePlace } from "../screen/client.tsx";
import { failureOf } from "../screen/door.ts";
import { useLanguage, useWords } from "../words/Language.tsx";
import { dayAndDate } from "../words/times.ts";
import { onThisMachine } from "./here.ts";
import { admin } from "./words.ts";

const KINDS = ["kiosk", "board"] as const;
type Kind = (typeof KINDS)[number];

/** What a node answers, once: the code is kept nowhere but as a hash. */
interface Prepared {
  device: string;
  code: string;
  expiresAt: string;
}

/** Lets a device in before it asks: makes the code that it signs in with. Nothing of it stays in this browser. */
export function PairPanel({ onClose }: { onClose(): void }) {
  const say = useWords(admin);
  const client = useClient();
  const [kind, setKind] = useState<Kind>("kiosk");
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string>();
  const [made, setMade] = useState<Prepared>();
  function go(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (busy || !name.trim()) return;
    setBusy(true);
    setRefused(undefined);
    client
      .request<Prepared>("POST", "/api/v1/devices", { kind, name: name.trim() })
      .then(setMade, (error: unknown) => {
        const { code, message } = failureOf(error);
        setRefused(code === "no_answer" ? say("boxUnheard") : message);
      })
      .finally(() => setBusy(false));
  }
  if (made) return <Made kind={kind} name={name.trim()} made={made} onClose={onClose} />;
  return (
    <Panel
      title={say("addDevice")}
      onClose={onClose}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{say("cancel")}</Button>
          <Button kind="main" type="submit" form="pair-form" disabled={busy}>
            {say("makeCode")}
          </Button>
        </>
      }
    >
      <form id="pair-form" className="form" onSubmit={go} noValidate>
        <p className="soft">{say("addDeviceWhy")}</p>
        <Choice<Kind>
          label={say("kind")}
          options={KINDS.map((value) => ({ value, label: say(`kind.${value}`) }))}
          value={kind}
          onChange={setKind}
        />
        <Field
          label={say("deviceName")}
          data-first=""
          autoComplete="off"
          maxLength={100}
          value={name}
          wrong={tried && !name.trim() && say("nameMissing")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {refused && (
          <p className="alarm said" role="alert">
            {refused}
          </p>
        )}
      </form>
    </Panel>
  );
}

function Made(props: { kind: Kind; name: string; made: Prepared; onClose(): void }) {
  const { kind, name, made } = props;
  const say = useWords(admin);
  const { lang } = useLanguage();
  const { zone, others } = usePlace();
  const page = `${others}/${kind}`;
  return (
    <Panel
      also="pair"
      title={say("codeFor", { name })}
      onClose={props.onClose}
      foot={
        <>
          <span className="soft note">{say("codeOnce")}</span>
          <span className="push" />
          <Button kind="main" data-first="" onClick={props.onClose}>
            {say("codeTaken")}
          </Button>
        </>
      }
    >
      <div className="stack" role="status">
        <p className="code">
          <span className="unseen">{say("code", { code: [...made.code].join(" ") })}</span>
          <span aria-hidden="true">{made.code}</span>
        </p>
        <p>{say("codeHow", { page, until: dayAndDate(made.expiresAt, lang, zone) })}</p>
        {!onThisMachine() && (
          <figure className="pair-qr">
            <Qr text={`${page}#pair=${made.code}`} />
            <figcaption className="soft note">{say("codeScan")}</figcaption>
          </figure>
        )}
      </div>
    </Panel>
  );
}
