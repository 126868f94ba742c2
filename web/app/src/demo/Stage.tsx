import { Button, Chip, Name, Switch } from "../blocks/small.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { span } from "../words/times.ts";
import { Confluence } from "./Confluence.tsx";
import type { DemoState, Heard, Order, Site } from "./live.ts";
import { type Badge, linkBadge, type Mood, moodOf, type SayDemo, siteBadge, took } from "./mood.ts";
import { demo } from "./words.ts";

interface Ordering {
  busy: Order | null;
  send(order: Order): void;
}

/** The picture: what differs from state to state is the truth, never the place of things. */
export function Stage({ heard, now, ...ordering }: { heard: Heard; now: number } & Ordering) {
  const say = useWords(demo);
  const { state } = heard;
  const mood = moodOf(state);
  const { head, why } = saying(mood, state, say);
  const serverNow = Date.parse(state.serverTime) + Math.max(0, now - heard.at);
  return (
    <section className="stage" data-sites={state.sites.length} aria-labelledby="say">
      <div className="say" aria-live="polite">
        <h1 id="say">{head}</h1>
        <p>{why}</p>
      </div>
      <ul className="ashrams" aria-label={say("ashrams")}>
        {state.sites.map((site) => (
          <Ashram key={site.id} site={site} {...ordering} />
        ))}
      </ul>
      {state.sites.map((site, row) => (
        <Held key={site.id} site={site} row={row} invites={invites(state, mood, row)} {...ordering} />
      ))}
      <Sea sites={state.sites} now={serverNow} />
      <Confluence sites={state.sites} />
    </section>
  );
}

/** Until somebody has cut a line, the one in the middle offers itself. */
const invites = (state: DemoState, mood: Mood, row: number) =>
  mood.kind === "flowing" && row === Math.floor((state.sites.length - 1) / 2);

function saying(mood: Mood, state: DemoState, say: SayDemo): { head: string; why: string } {
  switch (mood.kind) {
    case "flowing": {
      const count = state.sites.length;
      if (count === 1) return { head: say("flowingOne"), why: say("flowingOneWhy") };
      const number = say(count === 2 ? "two" : "three");
      return { head: say("flowing", { number }), why: say("flowingWhy", { number }) };
    }
    case "ended":
      return { head: say("ended"), why: say("endedWhy") };
    case "stopped":
      return { head: say("stopped"), why: say("stoppedWhy", { name: mood.site.name }) };
    case "joining":
      return { head: say("joining"), why: say("joiningWhy", { name: mood.site.name }) };
    case "cut": {
      const { name } = mood.site;
      const count = waitingAt(mood.site);
      return { head: say("cut"), why: count ? say("cutSome", { name, count }) : say("cutNone", { name }) };
    }
    case "back": {
      const { name } = mood.site;
      const { records: count, tookMs } = mood.back;
      const why = count
        ? say("backSome", { name, count, took: took(tookMs, say) })
        : say("backNone", { name });
      return { head: say("back"), why };
    }
  }
}

const waitingAt = (site: Site) => site.uplink?.backlog.records ?? 0;

function Mark({ badge }: { badge: Badge }) {
  const say = useWords(demo);
  return (
    <Chip tone={badge.tone} icon={badge.icon} {...(badge.quiet ? { kind: "quiet" } : {})}>
      {say(badge.word)}
    </Chip>
  );
}

function Ashram({ site, busy, send }: { site: Site } & Ordering) {
  const say = useWords(demo);
  const stopped = site.stoppedAt !== null;
  return (
    <li className={stopped ? "card ashram off" : "card ashram"}>
      <h2>
        <Name>{site.name}</Name>
      </h2>
      <Mark badge={siteBadge(site)} />
      <p className="does">
        <Does site={site} stopped={stopped} />
      </p>
      <p className="cuts">
        <Switch
          tone="heed"
          on={site.cutAt !== null}
          disabled={busy !== null}
          onChange={(cut) => send({ to: "line", site: site.id, cut })}
        >
          {say("cutLine")}
          <span className="unseen">, {site.name}</span>
        </Switch>
        <Switch
          tone="heed"
          on={stopped}
          disabled={busy !== null}
          onChange={(stopped) => send({ to: "node", site: site.id, stopped })}
        >
          {say("stopBox")}
          <span className="unseen">, {site.name}</span>
        </Switch>
      </p>
    </li>
  );
}

function Does({ site: { figures }, stopped }: { site: Site; stopped: boolean }) {
  const say = useWords(demo);
  if (!figures) return <>{say("notKnown")}</>;
  if (stopped) {
    return (
      <>
        {say("asItStood")} <b>{figures.waiting}</b> {say("waiting")} · <b>{figures.done}</b> {say("done")}
      </>
    );
  }
  return (
    <>
      <b>{figures.waiting}</b> {say("waiting")} · <b>{figures.inService}</b> {say("withGuruji")} ·{" "}
      <b>{figures.done}</b> {say("done")}
    </>
  );
}

const SHOWN_BEADS = 12;

/** What lies on a line: the edits that a cut one holds back, and the one thing to do about it. */
function Held(props: { site: Site; row: number; invites: boolean } & Ordering) {
  const say = useWords(demo);
  const { site, row, busy, send } = props;
  const disabled = busy !== null;
  const also = `held at-${row}`;
  if (site.stoppedAt) {
    return (
      <div className={`${also} unheard dry`}>
        <Button
          kind="main"
          icon="play"
          also="on-water"
          disabled={disabled}
          onClick={() => send({ to: "node", site: site.id, stopped: false })}
        >
          {say("startBox")}
        </Button>
      </div>
    );
  }
  if (site.cutAt) {
    const count = waitingAt(site);
    return (
      <div className={`${also} unheard`}>
        <Pool beads={Math.min(count, SHOWN_BEADS)} />
        <p className="why">
          <strong>{count ? say("waitHere", { count }) : say("nothingWaits")}</strong>
        </p>
        <Button
          kind="main"
          icon="arrow-right"
          disabled={disabled}
          onClick={() => send({ to: "line", site: site.id, cut: false })}
        >
          {say("joinAgain")}
        </Button>
      </div>
    );
  }
  if (!props.invites) return null;
  return (
    <div className={also}>
      <Button
        kind="main"
        icon="scissors"
        also="on-water"
        disabled={disabled}
        onClick={() => send({ to: "line", site: site.id, cut: true })}
      >
        {say("cutThis")}
      </Button>
    </div>
  );
}

const BANKS = [12, 24, 36, 48, 60];

function Pool({ beads }: { beads: number }) {
  return (
    <>
      <svg className="pool" viewBox="0 0 112 72" aria-hidden="true">
        {BANKS.map((y) => (
          <path key={y} className={y === 36 ? "current" : "water"} d={`M-20 ${y}H92`} />
        ))}
        <path className="weir" d="M106 2V70" />
      </svg>
      <div className="beads" aria-hidden="true">
        {Array.from({ length: beads }, (_, i) => (
          <span key={i} className="bead" />
        ))}
      </div>
    </>
  );
}

function Sea({ sites, now }: { sites: readonly Site[]; now: number }) {
  const say = useWords(demo);
  return (
    <section className="card sea" aria-labelledby="sea">
      <h2 id="sea">{say("centre")}</h2>
      <ul>
        {sites.map((site) => (
          <li key={site.id}>
            <strong>
              <Name>{site.name}</Name>
            </strong>{" "}
            <Mark badge={linkBadge(site.centre?.state)} />
            <span className="soft note">
              <LastHeard site={site} now={now} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the centre knows of a site, and how old it is. Ages run on real time, whatever the clinic's clock does. */
function LastHeard({ site, now }: { site: Site; now: number }) {
  const say = useWords(demo);
  const common = useCommon();
  const known = site.centre;
  if (!known?.lastHeard) return <>{say("notKnown")}</>;
  const age = span(now - Date.parse(known.lastHeard), common);
  const { waiting, done } = known;
  const counted = waiting !== null && done !== null;
  if (known.state === "live" || known.state === "lagging") {
    const ago = common("ago", { span: age });
    return <>{counted ? say("heard", { ago, waiting, done }) : say("heardOnly", { ago })}</>;
  }
  return (
    <>
      <span className="heed said">{say("old", { span: age })}</span>{" "}
      {counted ? say("figures", { waiting, done }) : say("notKnown")}
    </>
  );
}
