import { type CentreSite, type Shape, serverNow } from "@sangam/sdk";
import { useState } from "react";
import { useWhy } from "../blocks/actions.ts";
import { Icon, type IconName } from "../blocks/Icon.tsx";
import { Button, Chip, Name, type Tone } from "../blocks/small.tsx";
import { useClient, useClientState } from "../screen/client.tsx";
import { useNow } from "../screen/now.ts";
import { useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { AskPanel } from "./AskPanel.tsx";
import { useAsked } from "./asked.ts";
import { useAskedWords } from "./askedWords.ts";
import { EMPTY, type Roster } from "./asks.ts";
import { asks } from "./askWords.ts";
import { toldNow } from "./sites.ts";

type Request = Shape<"SiteRequests">["requests"][number];

/** How a request stands: not yet sent, with the centre, settled by the site, or too late. */
type Standing = "willGo" | "onTheWay" | "waitsForSite" | `request.${"accepted" | "refused" | "expired"}`;
const LOOK: Readonly<Record<Standing, { tone: Tone; icon: IconName }>> = {
  willGo: { tone: "heed", icon: "send" },
  onTheWay: { tone: "rest", icon: "send" },
  waitsForSite: { tone: "rest", icon: "hourglass" },
  "request.accepted": { tone: "flow", icon: "check" },
  "request.refused": { tone: "alarm", icon: "triangle-alert" },
  "request.expired": { tone: "rest", icon: "clock" },
};
const SHOWN = 6;

/** What may be asked of a site and what became of it. Requests go through the same door as every action. */
export function Ask({ site }: { site: CentreSite }) {
  const say = useWords(asks);
  const client = useClient();
  const state = useClientState();
  const { told } = useAsked<Shape<"SiteRequests">>(`/api/v1/sites/${site.id}/requests`, 3000);
  const roster = useAsked<Roster>(`/api/v1/sites/${site.id}/roster`, 30_000);
  const [draft, setDraft] = useState(EMPTY);
  const [asking, setAsking] = useState(false);
  const [all, setAll] = useState(false);
  const inWords = useAskedWords(roster.told);
  const known = new Set(told?.requests.map((one) => one.id));
  const going = state.pending.filter(
    (one) =>
      one.mine &&
      one.type === "request.send" &&
      one.data.site === site.id &&
      one.state !== "rejected" &&
      !known.has(one.id),
  );
  const asked = told?.requests ?? [];
  return (
    <section>
      <h3>{say("ask")}</h3>
      <p className="soft">{say("askHow")}</p>
      <p className="actions">
        <Button icon="send" onClick={() => setAsking(true)}>
          {say("ask")}
        </Button>
      </p>
      {going.length + asked.length > 0 && (
        <ol className="asked" aria-label={say("asked")}>
          {going.map((one) => (
            <One
              key={one.id}
              what={inWords(String(one.data.type), one.data.data)}
              standing="willGo"
              sentAt={new Date(one.at).toISOString()}
            />
          ))}
          {(all ? asked : asked.slice(0, SHOWN)).map((one) => (
            <Sent key={one.id} site={site} request={one} what={inWords(one.command, one.data)} />
          ))}
        </ol>
      )}
      {asked.length > SHOWN && (
        <p className="actions">
          <Button kind="bare" onClick={() => setAll(!all)}>
            {all ? say("showFew") : say("showAll", { count: asked.length })}
          </Button>
        </p>
      )}
      {told && asked.length === 0 && going.length === 0 && <p className="soft note">{say("nothingAsked")}</p>}
      {asking && (
        <AskPanel
          site={site}
          told={roster}
          draft={draft}
          onDraft={setDraft}
          onSend={({ type, data, saw }, minutes) => {
            setDraft(EMPTY);
            client.act("request.send", { site: site.id, type, data, minutes, ...(saw ? { saw } : {}) });
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}

/** The time of day, with the date where that is another than today. */
function useWhen(): (at: string) => string {
  const { lang } = useLanguage();
  const today = dayAndDate(serverNow(useClientState(), useNow(60_000)), lang);
  return (at) => {
    const day = dayAndDate(at, lang);
    return day === today ? clock(at) : `${day}, ${clock(at)}`;
  };
}

function Sent({ site, request, what }: { site: CentreSite; request: Request; what: string }) {
  const say = useWords(asks);
  const why = useWhy();
  const when = useWhen();
  const now = serverNow(useClientState(), useNow(5000));
  const late = request.state === "pending" && Date.parse(request.expiresAt ?? "") < now;
  const standing: Standing =
    late || request.state === "expired"
      ? "request.expired"
      : request.state === "pending"
        ? toldNow(site)
          ? "onTheWay"
          : "waitsForSite"
        : `request.${request.state}`;
  const message =
    standing === "request.expired"
      ? say("expiredWhy")
      : request.code
        ? why({ error: { code: request.code, message: request.message ?? "", retryable: false } })
        : (request.message ?? "");
  return (
    <One
      what={what}
      standing={standing}
      sentAt={request.sentAt}
      by={request.actorName}
      message={message}
      {...(request.settledAt
        ? { after: say("settledAt", { when: when(request.settledAt) }) }
        : standing === "waitsForSite" && request.expiresAt
          ? { after: say("until", { when: when(request.expiresAt) }) }
          : {})}
    />
  );
}

function One(props: {
  what: string;
  standing: Standing;
  sentAt: string | null;
  by?: string;
  after?: string;
  message?: string;
}) {
  const say = useWords(asks);
  const when = useWhen();
  const { sentAt, by } = props;
  return (
    <li>
      <span>
        <Icon name="send" /> <Name>{props.what}</Name>
      </span>
      <Chip {...LOOK[props.standing]} {...(props.standing === "request.refused" ? {} : { kind: "quiet" })}>
        {say(props.standing)}
      </Chip>
      {props.message && <p className="note">{props.message}</p>}
      <p className="soft note">
        {sentAt && when(sentAt)}
        {by && (
          <>
            {" · "}
            <Name>{by}</Name>
          </>
        )}
        {props.after && ` · ${props.after}`}
      </p>
    </li>
  );
}
