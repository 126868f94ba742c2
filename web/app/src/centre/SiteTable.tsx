import { type CentreSite, serverNow } from "@sangam/sdk";
import { useRef } from "react";
import { Chip, Name } from "../blocks/small.tsx";
import { useSteady } from "../blocks/steady.ts";
import { useKeptFocus } from "../desk/focus.ts";
import { useClientState } from "../screen/client.tsx";
import { useNow } from "../screen/now.ts";
import { useCommon, useWords } from "../words/Language.tsx";
import { span } from "../words/times.ts";
import { type Beat, type Beats, pathOf } from "./beats.ts";
import { LOOK, stateOf, toldNow } from "./sites.ts";
import { centre } from "./words.ts";

/** Sites as a table; the whole row opens the site. Rows keep still under a pressed finger. */
export function SiteTable(props: { sites: readonly CentreSite[]; chosen: CentreSite | null; beats: Beats }) {
  const say = useWords(centre);
  const place = useRef<HTMLElement>(null);
  const sites = useSteady(props.sites, place);
  useKeptFocus(place);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="sites-frame" tabIndex={0} aria-label={say("title")} ref={place}>
      <table className="sites">
        <thead>
          <tr>
            <th scope="col">{say("site")}</th>
            <th scope="col">{say("state")}</th>
            <th scope="col">{say("lastHeard")}</th>
            <th scope="col">{say("lastHour")}</th>
            <th scope="col" className="count">
              {say("toArrive")}
            </th>
            <th scope="col" className="count">
              {say("clock")}
            </th>
            <th scope="col" className="count">
              {say("waiting")}
            </th>
            <th scope="col" className="count">
              {say("withGuruji")}
            </th>
            <th scope="col" className="count">
              {say("done")}
            </th>
          </tr>
        </thead>
        <tbody>
          {sites.map((site) => (
            <SiteRow
              key={site.id}
              site={site}
              chosen={site.id === props.chosen?.id}
              beats={props.beats.get(site.id)}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function SiteRow(props: { site: CentreSite; chosen: boolean; beats: ReadonlyMap<number, Beat> | undefined }) {
  const { site, chosen } = props;
  const told = toldNow(site) ? "" : "soft";
  const figure = (value: number | null) => <Figure value={value} also={told} />;
  return (
    <tr {...(chosen ? { "aria-current": true } : {})}>
      <th scope="row">
        <a href={`#site=${encodeURIComponent(site.id)}`} data-line={site.id}>
          <Name>{site.name}</Name>
        </a>
      </th>
      <td>
        <StateChip site={site} />
      </td>
      <td>
        <Heard site={site} />
      </td>
      <td className="strip">
        <Strip beats={props.beats} />
      </td>
      <td className="count">
        <ToArrive site={site} />
      </td>
      <td className="count">
        <Clock site={site} />
      </td>
      <td className="count">{figure(site.waiting)}</td>
      <td className="count">{figure(site.inService)}</td>
      <td className="count">{figure(site.done)}</td>
    </tr>
  );
}

export function StateChip({ site }: { site: CentreSite }) {
  const say = useWords(centre);
  const state = stateOf(site);
  const { tone, icon, quiet } = LOOK[state];
  return (
    <Chip tone={tone} icon={icon} {...(quiet ? { kind: "quiet" as const } : {})}>
      {say(`state.${state}`)}
    </Chip>
  );
}

/** Since the centre last heard the site, by the centre's own clock; null when never. */
export function useHeardMs(site: CentreSite): number | null {
  const state = useClientState();
  const now = useNow(1000);
  return site.lastHeard ? Math.max(0, serverNow(state, now) - Date.parse(site.lastHeard)) : null;
}

function Heard({ site }: { site: CentreSite }) {
  const say = useWords(centre);
  const common = useCommon();
  const ms = useHeardMs(site);
  return <>{ms === null ? say("never") : common("ago", { span: span(ms, common) })}</>;
}

export function Figure({ value, also = "" }: { value: number | null; also?: string }) {
  const common = useCommon();
  if (value === null) return <span className="soft">{common("notKnown")}</span>;
  return <span className={also}>{value.toLocaleString("en-IN")}</span>;
}

function ToArrive({ site }: { site: CentreSite }) {
  const common = useCommon();
  const state = useClientState();
  const now = useNow(1000);
  if (!toldNow(site)) return <span className="soft">{common("notKnown")}</span>;
  const { records, oldestAt } = site.backlog;
  const age = oldestAt ? ` · ${span(Math.max(0, serverNow(state, now) - Date.parse(oldestAt)), common)}` : "";
  return <>{records === 0 ? "0" : `${records.toLocaleString("en-IN")}${age}`}</>;
}

/** Less than this is within what a line adds by itself. */
const CLOCK_OK_MS = 30_000;

export function Clock({ site }: { site: CentreSite }) {
  const say = useWords(centre);
  const common = useCommon();
  const off = toldNow(site) ? site.clockOffsetMs : null;
  if (off === null) return <span className="soft">{common("notKnown")}</span>;
  if (Math.abs(off) < CLOCK_OK_MS) return <span className="soft">{say("clockOk")}</span>;
  return (
    <strong>{say(off > 0 ? "clockAhead" : "clockBehind", { span: span(Math.abs(off), common) })}</strong>
  );
}

const KINDS: readonly Beat[] = ["on-time", "late", "unheard"];

/** A bar a minute. Height says it, colour repeats it, and its name says it in words. */
export function Strip({ beats }: { beats: ReadonlyMap<number, Beat> | undefined }) {
  const say = useWords(centre);
  const now = useNow(5000);
  const count = (kind: Beat) => [...(beats?.values() ?? [])].filter((beat) => beat === kind).length;
  return (
    <svg
      className="beats"
      viewBox="0 0 240 24"
      preserveAspectRatio="none"
      role="img"
      aria-label={say("beats.some", {
        onTime: count("on-time"),
        late: count("late"),
        unheard: count("unheard"),
      })}
    >
      {KINDS.map((kind) => (
        <path key={kind} className={kind} d={pathOf(beats, kind, now)} />
      ))}
    </svg>
  );
}
