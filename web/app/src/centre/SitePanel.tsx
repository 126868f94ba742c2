import { type CentreSite, type Row, rowsOf, serverNow } from "@sangam/sdk";
import { useActionWords } from "../blocks/actions.ts";
import { Icon, type IconName } from "../blocks/Icon.tsx";
import { Age, Button, Chip, Name, Notice, type Tone } from "../blocks/small.tsx";
import { useClient, useClientState } from "../screen/client.tsx";
import { useNow } from "../screen/now.ts";
import { useCommon, useWords } from "../words/Language.tsx";
import { clock, span } from "../words/times.ts";
import type { Beat } from "./beats.ts";
import { Clock, Figure, Strip, useHeardMs } from "./SiteTable.tsx";
import { LOOK, stateOf, toldNow } from "./sites.ts";
import { centre } from "./words.ts";

/** Two missed beats: what a silent site told is old from here on. */
const STALE_MS = 20_000;

/** One site beside the list: how it stands and why, what it last told, and what may be asked of it. */
export function SitePanel(props: {
  site: CentreSite;
  beats: ReadonlyMap<number, Beat> | undefined;
  onClose(): void;
  onQueue(): void;
}) {
  const { site } = props;
  const say = useWords(centre);
  const common = useCommon();
  const heardMs = useHeardMs(site);
  const soft = toldNow(site) ? "" : "soft";
  const figure = (word: "waiting" | "withGuruji" | "done", value: number | null) => (
    <div>
      <dt>{say(word)}</dt>
      <dd>
        <Figure value={value} also={soft} />
      </dd>
    </div>
  );
  return (
    <aside className="drawer site" aria-labelledby="site-name">
      <header>
        <h2 id="site-name">
          <Name>{site.name}</Name>
        </h2>
        <Button kind="bare" icon="x" aria-label={common("close")} onClick={props.onClose} />
      </header>
      <section>
        <Standing site={site} heardMs={heardMs} />
        <Strip beats={props.beats} />
      </section>
      <section>
        <h3>
          {say("lastTold")} <Age ms={heardMs} staleAfterMs={STALE_MS} />
        </h3>
        <dl className="figures">
          {figure("waiting", site.waiting)}
          {figure("withGuruji", site.inService)}
          {figure("done", site.done)}
          <div>
            <dt>{say("clock")}</dt>
            <dd>
              <Clock site={site} />
            </dd>
          </div>
        </dl>
        <p className="actions">
          <Button kind="main" icon="users" shortcut="Q" onClick={props.onQueue}>
            {say("openQueue")}
          </Button>
        </p>
      </section>
      <Ask site={site} />
    </aside>
  );
}

function Standing({ site, heardMs }: { site: CentreSite; heardMs: number | null }) {
  const say = useWords(centre);
  const common = useCommon();
  const state = useClientState();
  const now = useNow(1000);
  const how = stateOf(site);
  const { tone, icon } = LOOK[how];
  const oldest = site.backlog.oldestAt;
  const behind = oldest ? Math.max(0, serverNow(state, now) - Date.parse(oldest)) : 0;
  const reason = (site as { reason?: unknown }).reason;
  const params = {
    span: span(
      how === "silent" || how === "live"
        ? (heardMs ?? 0)
        : how === "lagging"
          ? behind
          : Math.abs(site.clockOffsetMs ?? 0),
      common,
    ),
    time: site.lastHeard ? clock(site.lastHeard) : "–",
    count: site.backlog.records,
    reason: typeof reason === "string" && reason ? ` (${reason})` : "",
  };
  return (
    <Notice tone={tone} icon={icon} title={say(`said.${how}` as "said.silent", params)}>
      {say(`why.${how === "live" && site.backlog.records > 0 ? "lagging" : how}` as "why.lagging", params)}
    </Notice>
  );
}

const REQUEST: Readonly<Record<string, { tone: Tone; icon: IconName }>> = {
  pending: { tone: "rest", icon: "hourglass" },
  applied: { tone: "flow", icon: "check" },
  rejected: { tone: "alarm", icon: "triangle-alert" },
  expired: { tone: "rest", icon: "clock" },
};

/** Requests to a site go through the same door as every action; what became of them is shown below. */
function Ask({ site }: { site: CentreSite }) {
  const say = useWords(centre);
  const client = useClient();
  const state = useClientState();
  const ask = (open: boolean) =>
    client.act("request.send", { site: site.id, type: "day.set_intake", data: { open } });
  const asked = [...rowsOf(state, "request")]
    .filter(([, { fields }]) => fields.site === undefined || fields.site === site.id)
    .sort(([, a], [, b]) => (String(a.fields.sentAt) > String(b.fields.sentAt) ? -1 : 1))
    .slice(0, 5);
  return (
    <section>
      <h3>{say("ask")}</h3>
      <p className="soft">{say("askHow")}</p>
      <p className="actions">
        <Button icon="send" onClick={() => ask(false)}>
          {say("askClose")}
        </Button>
        <Button icon="send" onClick={() => ask(true)}>
          {say("askOpen")}
        </Button>
      </p>
      {asked.length > 0 && (
        <ol className="asked">
          {asked.map(([id, row]) => (
            <Asked key={id} row={row} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Asked({ row }: { row: Row }) {
  const say = useWords(centre);
  const inWords = useActionWords();
  const { command, state, sentAt, message } = row.fields;
  const key = String(state ?? "pending");
  const look = REQUEST[key] ?? { tone: "rest" as const, icon: "help" as const };
  return (
    <li>
      <span>
        <Icon name="send" /> {inWords({ type: String(command ?? ""), data: {} })}{" "}
        <span className="soft note">{typeof sentAt === "string" ? clock(sentAt) : ""}</span>
      </span>
      <Chip {...look} kind="quiet">
        {key in REQUEST ? say(`request.${key}` as "request.pending") : key}
      </Chip>
      {typeof message === "string" && message && <p className="soft note">{message}</p>}
    </li>
  );
}
