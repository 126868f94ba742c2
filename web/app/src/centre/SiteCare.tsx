import type { CentreSite, Shape } from "@sangam/sdk";
import { useState } from "react";
import { useActionWords } from "../blocks/actions.ts";
import { Icon, type IconName } from "../blocks/Icon.tsx";
import { Button, Chip, Name, Notice, type Tone } from "../blocks/small.tsx";
import { Sure } from "../desk/Sure.tsx";
import { useClient, useClientState } from "../screen/client.tsx";
import { useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { type KeptSites, useAsked } from "./asked.ts";
import { work } from "./workWords.ts";
import "./work.css";

const REQUEST: Readonly<Record<string, { tone: Tone; icon: IconName }>> = {
  pending: { tone: "rest", icon: "hourglass" },
  accepted: { tone: "flow", icon: "check" },
  refused: { tone: "alarm", icon: "triangle-alert" },
  expired: { tone: "rest", icon: "clock" },
};
const SHOWN = 6;

/** What may be asked of a site and what became of it; and its key. */
export function SiteCare({ site }: { site: CentreSite }) {
  return (
    <>
      <Ask site={site} />
      <Enrolment site={site} />
    </>
  );
}

/** Requests to a site go through the same door as every action; the site decides. */
function Ask({ site }: { site: CentreSite }) {
  const say = useWords(work);
  const client = useClient();
  const state = useClientState();
  const { told } = useAsked<Shape<"SiteRequests">>(`/api/v1/sites/${site.id}/requests`, 3000);
  const send = (type: string, data: Record<string, unknown>) =>
    client.act("request.send", { site: site.id, type, data });
  const going = state.pending.filter(
    (one) => one.mine && one.type === "request.send" && one.data.site === site.id && one.state !== "rejected",
  );
  const known = new Set(told?.requests.map((one) => one.id));
  const onTheWay = going.filter((one) => !known.has(one.id));
  const asked = told?.requests.slice(0, SHOWN) ?? [];
  return (
    <section>
      <h3>{say("ask")}</h3>
      <p className="soft">{say("askHow")}</p>
      <p className="actions">
        <Button icon="send" onClick={() => send("day.set_intake", { open: false })}>
          {say("askClose")}
        </Button>
        <Button icon="send" onClick={() => send("day.set_intake", { open: true })}>
          {say("askOpen")}
        </Button>
      </p>
      {onTheWay.length + asked.length > 0 && (
        <ol className="asked">
          {onTheWay.map((one) => (
            <Asked
              key={one.id}
              command={String(one.data.type)}
              state=""
              sentAt={new Date(one.at).toISOString()}
            />
          ))}
          {asked.map((one) => (
            <Asked key={one.id} {...one} />
          ))}
        </ol>
      )}
      {told?.requests.length === 0 && going.length === 0 && (
        <p className="soft note">{say("nothingAsked")}</p>
      )}
    </section>
  );
}

function Asked(props: {
  command: string;
  state: string;
  sentAt: string | null;
  settledAt?: string | null;
  message?: string;
  actorName?: string;
}) {
  const say = useWords(work);
  const inWords = useActionWords();
  const look = REQUEST[props.state];
  return (
    <li>
      <span>
        <Icon name="send" /> {inWords({ type: props.command, data: {} })}{" "}
        <span className="soft note">
          {props.sentAt && clock(props.sentAt)} {props.actorName && <Name>{props.actorName}</Name>}
        </span>
      </span>
      <span>
        <Chip
          {...(look ?? (props.state ? { tone: "rest", icon: "help" } : { tone: "heed", icon: "send" }))}
          kind="quiet"
        >
          {look ? say(`request.${props.state}` as "request.pending") : props.state || say("willGo")}
        </Chip>{" "}
        <span className="soft note">{props.settledAt && clock(props.settledAt)}</span>
      </span>
      {props.message && <p className="soft note">{props.message}</p>}
    </li>
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
