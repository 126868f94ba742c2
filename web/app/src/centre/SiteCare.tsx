import type { CentreSite } from "@sangam/sdk";
import { useState } from "react";
import { Button, Notice } from "../blocks/small.tsx";
import { Sure } from "../desk/Sure.tsx";
import { useClient } from "../screen/client.tsx";
import { useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { Ask } from "./Ask.tsx";
import { type KeptSites, useAsked } from "./asked.ts";
import { work } from "./workWords.ts";
import "./work.css";

/** What may be asked of a site and what became of it; and its key. */
export function SiteCare({ site }: { site: CentreSite }) {
  return (
    <>
      <Ask site={site} />
      <Enrolment site={site} />
    </>
  );
}

/** The site's key: another one, or none any more. A join code for its next box is made under Enrol a site. */
function Enrolment({ site }: { site: CentreSite }) {
  const say = useWords(work);
  const client = useClient();
  const { lang } = useLanguage();
  const { told } = useAsked<KeptSites>("/api/v1/sites", 10_000);
  const [asking, setAsking] = useState<"rotate" | "revoke" | null>(null);
  const own = told?.sites.find((one) => one.id === site.id);
  if (!own) return null;
  const close = () => setAsking(null);
  return (
    <section>
      <h3>{say("enrolment")}</h3>
      {own.state === "revoked" ? (
        <Notice
          tone="rest"
          icon="lock"
          title={say("revokedOn", { day: own.revokedAt ? dayAndDate(own.revokedAt, lang) : "–" })}
        >
          {say("revokedHow")}
        </Notice>
      ) : (
        <>
          <p className="soft">
            {own.enrolledAt && say("enrolledOn", { day: dayAndDate(own.enrolledAt, lang) })}{" "}
            {own.rotateAt &&
              say("rotatedAt", { when: `${dayAndDate(own.rotateAt, lang)}, ${clock(own.rotateAt)}` })}
          </p>
          <p className="actions">
            <Button icon="key" onClick={() => setAsking("rotate")}>
              {say("rotate")}
            </Button>
            <Button icon="lock" onClick={() => setAsking("revoke")}>
              {say("revoke")}
            </Button>
          </p>
        </>
      )}
      {asking && (
        <Sure
          title={say(asking === "rotate" ? "rotateTitle" : "revokeTitle", { name: site.name })}
          why={say(asking === "rotate" ? "rotateWhy" : "revokeWhy")}
          does={say(asking)}
          {...(asking === "rotate" ? { calm: true } : {})}
          onDo={() => client.act(asking === "rotate" ? "site.rotate_key" : "site.revoke", { site: site.id })}
          onClose={close}
        />
      )}
    </section>
  );
}
