import { useState } from "react";
import { Panel } from "../blocks/Panel.tsx";
import { Qr } from "../blocks/Qr.tsx";
import { Button, Notice } from "../blocks/small.tsx";
import { canStartAlone } from "../offline/alone.ts";
import { usePlace } from "../screen/client.tsx";
import type { HttpsStatus } from "../screen/door.ts";
import { useWords } from "../words/Language.tsx";
import { HealthRow } from "./HealthRow.tsx";
import { onThisMachine } from "./here.ts";
import { trust } from "./trustWords.ts";

/** Whether this browser may start alone. Only an admin can do something about it, so only an admin reads it. */
export function Trusted({ https }: { https: HttpsStatus | null }) {
  const say = useWords(trust);
  const [open, setOpen] = useState(false);
  const can = canStartAlone();
  const address = https && `https://${location.hostname}:${https.port}/`;
  const more = !https ? say("off") : https.fingerprint || can ? "" : say("known", { address: address ?? "" });
  return (
    <>
      <HealthRow
        name={say("trust")}
        tone="rest"
        icon="lock"
        so={say(can ? "here" : "not")}
        how={can ? say("hereHow") : `${say("notHow")} ${more}`.trim()}
      >
        {https?.fingerprint && <Button onClick={() => setOpen(true)}>{say("let")}</Button>}
      </HealthRow>
      {open && https?.fingerprint && (
        <LetTrust fingerprint={https.fingerprint} onClose={() => setOpen(false)} />
      )}
    </>
  );
}

function LetTrust({ fingerprint, onClose }: { fingerprint: string; onClose(): void }) {
  const say = useWords(trust);
  const { others } = usePlace();
  const page = `${others}/trust`;
  return (
    <Panel
      also="pair"
      title={say("let")}
      onClose={onClose}
      foot={
        <>
          <span className="soft note">{say("only")}</span>
          <span className="push" />
          <Button kind="main" data-first="" onClick={onClose}>
            {say("close")}
          </Button>
        </>
      }
    >
      <div className="stack">
        {onThisMachine() ? (
          <Notice tone="rest" icon="monitor" title={say("fromElsewhere")} />
        ) : (
          <figure className="pair-qr">
            <Qr text={page} />
            <figcaption className="soft note">{say("scan")}</figcaption>
          </figure>
        )}
        <p>
          <a href={page} target="_blank" rel="noreferrer">
            {page}
          </a>
        </p>
        <p>{say("compare")}</p>
        <p className="fingerprint">{fingerprint}</p>
      </div>
    </Panel>
  );
}
