import { type CentreSite, serverNow } from "@sangam/sdk";
import { Age, Button, Name, Notice } from "../blocks/small.tsx";
import { useClientState } from "../screen/client.tsx";
import { later } from "../screen/later.tsx";
import { useNow } from "../screen/now.ts";
import { useCommon, useWords } from "../words/Language.tsx";
import { clock, span } from "../words/times.ts";
import type { Beat } from "./beats.ts";
import { Clock, Figure, Strip, useHeardMs } from "./SiteTable.tsx";
import { LOOK, stateOf, toldNow } from "./sites.ts";
import { centre } from "./words.ts";

const SiteCare = later(async () => (await import("./SiteCare.tsx")).SiteCare);

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
      <SiteCare site={site} />
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
