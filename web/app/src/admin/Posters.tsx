import { useState } from "react";
import { Choice, Field } from "../blocks/choices.tsx";
import { Icon } from "../blocks/Icon.tsx";
import { Qr } from "../blocks/Qr.tsx";
import { Button, Name, Notice } from "../blocks/small.tsx";
import { usePlace } from "../screen/client.tsx";
import { LANGS } from "../words/catalogue.ts";
import { useWords } from "../words/Language.tsx";
import { onThisMachine } from "./here.ts";
import { posterWords } from "./posterWords.ts";
import { wifiCode } from "./settings.ts";
import { site } from "./siteWords.ts";
import "./site.css";

type Kind = "hall" | "staff";

/** Sheets to print: how devotees see their place on a phone, and where staff sign in. Nothing typed here is kept. */
export function Posters() {
  const say = useWords(site);
  const { others } = usePlace();
  const [kind, setKind] = useState<Kind>("hall");
  const [wifi, setWifi] = useState("");
  const [password, setPassword] = useState("");
  const code = kind === "staff" ? `${others}/` : wifi.trim() && wifiCode(wifi.trim(), password);
  return (
    <>
      <header>
        <div>
          <h2>{say("posters")}</h2>
          <p>{say("postersHow")}</p>
        </div>
        <Button also="push" kind="main" icon="printer" disabled={!code} onClick={() => print()}>
          {say("print")}
        </Button>
      </header>
      <div className="poster-split">
        <div className="stack">
          <Choice<Kind>
            label={say("whichPoster")}
            options={[
              { value: "hall", label: say("posterHall") },
              { value: "staff", label: say("posterStaff") },
            ]}
            value={kind}
            onChange={setKind}
          />
          {kind === "hall" ? (
            <>
              <Field
                label={say("wifi")}
                autoComplete="off"
                maxLength={32}
                value={wifi}
                onChange={(event) => setWifi(event.currentTarget.value)}
              />
              <Field
                label={say("wifiPassword")}
                note={say("wifiHow")}
                autoComplete="off"
                maxLength={63}
                value={password}
                onChange={(event) => setPassword(event.currentTarget.value)}
              />
            </>
          ) : (
            onThisMachine() && (
              <Notice tone="heed" icon="triangle-alert" title={say("onlyHere")}>
                {say("onlyHereWhy")}
              </Notice>
            )
          )}
        </div>
        <Sheet kind={kind} code={code} wifi={wifi.trim()} />
      </div>
    </>
  );
}

function Sheet({ kind, code, wifi }: { kind: Kind; code: string; wifi: string }) {
  const say = useWords(site);
  const { name, others } = usePlace();
  return (
    <article className="poster">
      <p className="brand">
        <Icon name="sangam" /> <Name>{name || "Sangam"}</Name>
      </p>
      {code ? <Qr text={code} /> : <p className="qr blank">{say("typeWifi")}</p>}
      <p className="address">{kind === "staff" ? new URL(others).host : wifi}</p>
      {LANGS.map((lang) => {
        const said = posterWords.in(lang);
        return (
          <section lang={lang} key={lang}>
            <h3>{said(kind === "staff" ? "staffTitle" : "hallTitle")}</h3>
            <p>{said(kind === "staff" ? "staffHow" : "hallHow")}</p>
          </section>
        );
      })}
    </article>
  );
}
