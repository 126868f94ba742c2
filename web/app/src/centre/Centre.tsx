import { type CentreSite, sitesOf } from "@sangam/sdk";
import { useEffect, useRef, useState } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Button, Chip, Empty } from "../blocks/small.tsx";
import { Bar } from "../desk/Bar.tsx";
import { lineOf } from "../desk/focus.ts";
import { Freshness } from "../desk/Trouble.tsx";
import { useClientState } from "../screen/client.tsx";
import { useKeys } from "../screen/keys.ts";
import { later, soon } from "../screen/later.tsx";
import { useNow } from "../screen/now.ts";
import { useWords } from "../words/Language.tsx";
import { type KeptSites, useAsked } from "./asked.ts";
import { type Beats, noted, remembered } from "./beats.ts";
import { goTo, openPage, type Page, useAddress } from "./pages.ts";
import { SitePanel } from "./SitePanel.tsx";
import { SiteTable } from "./SiteTable.tsx";
import { countsOf, LOOK, type SiteState, STATES, stateOf, worstFirst } from "./sites.ts";
import { centre } from "./words.ts";

const Refusal = soon(async () => (await import("../desk/Refusal.tsx")).Refusal);
const Drawer = soon(async () => (await import("../blocks/Drawer.tsx")).Drawer);
const SiteQueue = soon(async () => (await import("./SiteQueue.tsx")).SiteQueue);
const Announcements = later(async () => (await import("./Announcements.tsx")).Announcements);
const Remedies = later(async () => (await import("./Remedies.tsx")).Remedies);
const Compare = later(async () => (await import("./Compare.tsx")).Compare);
const EnrolPanel = later(async () => (await import("./EnrolPanel.tsx")).EnrolPanel);
const PAGES = [
  { page: "sites", icon: "machine" },
  { page: "announcements", icon: "bell" },
  { page: "compare", icon: "activity" },
  { page: "remedies", icon: "leaf" },
] as const;

/** Every site, worst first; the chosen one beside the list, its queue in its place. */
export function Centre() {
  const say = useWords(centre);
  const sites = worstFirst(sitesOf(useClientState()));
  const at = useAddress();
  const chosen = sites.find((site) => site.id === at.site) ?? null;
  const beats = useBeats(sites);
  const [drawer, setDrawer] = useState(false);
  const toggle = () => setDrawer((open) => !open);
  const sheet = [
    {
      title: say("keysSites"),
      keys: [
        { keys: ["/"], does: say("keyFind") },
        { keys: ["Q"], does: say("keyOpen") },
        { keys: ["Esc"], does: say("keyClose") },
      ],
    },
    {
      title: say("pages"),
      keys: PAGES.map(({ page }, i) => ({ keys: [String(i + 1)], does: say(page) })),
    },
  ];
  useKeys({
    "1": () => openPage("sites"),
    "2": () => openPage("announcements"),
    "3": () => openPage("compare"),
    "4": () => openPage("remedies"),
    q: chosen ? () => goTo(chosen.id, true) : undefined,
    escape: at.site ? () => goTo(at.queue ? at.site : "") : undefined,
  });
  useWayBack(at.site, at.queue);
  return (
    <div className={drawer || (chosen && !at.queue) ? "desk centre" : "desk centre undrawn"}>
      <Bar
        brand={say("brand")}
        title={say(at.page === "sites" ? "title" : at.page)}
        keys={sheet}
        drawer={{ open: drawer, toggle }}
      />
      <div className="desk-body">
        {chosen && at.queue ? (
          <SiteQueue key={chosen.id} site={chosen} onBack={() => goTo(chosen.id)} />
        ) : (
          <main>
            <Pages page={at.page} />
            {at.page === "sites" && <Sites sites={sites} chosen={chosen} beats={beats} />}
            {at.page === "announcements" && <Announcements />}
            {at.page === "compare" && <Compare />}
            {at.page === "remedies" && <Remedies />}
          </main>
        )}
        {drawer && <Drawer onClose={toggle} />}
        {!drawer && chosen && !at.queue && (
          <SitePanel
            site={chosen}
            beats={beats.get(chosen.id)}
            onClose={() => goTo("")}
            onQueue={() => goTo(chosen.id, true)}
          />
        )}
      </div>
    </div>
  );
}

/** The pages of this screen, and how a site comes into it. */
function Pages({ page }: { page: Page }) {
  const say = useWords(centre);
  const [enrolling, setEnrolling] = useState(false);
  return (
    <nav className="pages" aria-label={say("pages")}>
      {PAGES.map(({ page: one, icon }) => (
        <a
          key={one}
          href={one === "sites" ? "#" : `#${one}`}
          {...(one === page ? { "aria-current": "page" as const } : {})}
        >
          <Icon name={icon} /> {say(one)}
        </a>
      ))}
      <Button also="push" icon="plus" onClick={() => setEnrolling(true)}>
        {say("enrol")}
      </Button>
      {enrolling && <EnrolPanel onClose={() => setEnrolling(false)} />}
    </nav>
  );
}

/** Whoever closes a site goes on in the list where they were. */
function useWayBack(site: string, queue: boolean) {
  const before = useRef({ site, queue });
  useEffect(() => {
    const { site: left, queue: inside } = before.current;
    before.current = { site, queue };
    const closed = left !== "" && (site === "" || (inside && !queue));
    if (closed && (document.activeElement === document.body || document.activeElement === null))
      lineOf(document.body, left)?.focus();
  }, [site, queue]);
}

const NOTE_EVERY_MS = 5000;
/** What was missed while this screen slept or was cut off comes from the centre. */
const HOUR_EVERY_MS = 300_000;

/** A bar a minute: what the centre noted before this screen was opened, and from then on what it hears itself. */
function useBeats(sites: readonly CentreSite[]): Beats {
  const now = useNow(NOTE_EVERY_MS);
  const { told } = useAsked<KeptSites>("/api/v1/sites", HOUR_EVERY_MS);
  const before = useRef<typeof told>(null);
  const beats = useRef<Beats>(new Map());
  const { connection } = useClientState();
  if (told && before.current !== told) {
    before.current = told;
    beats.current = remembered(beats.current, told.sites);
  }
  const heard = connection.mode === "realtime" || connection.mode === "fallback";
  // While this screen does not hear the centre it learns nothing about the sites.
  if (heard && sites.length > 0) beats.current = noted(beats.current, sites, now);
  return beats.current;
}

function Sites(props: { sites: readonly CentreSite[]; chosen: CentreSite | null; beats: Beats }) {
  const { sites, chosen, beats } = props;
  const say = useWords(centre);
  const [state, setState] = useState<SiteState | null>(null);
  const [typed, setTyped] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => field.current?.focus() });
  const asked = typed.trim().toLocaleLowerCase("en");
  const shown = sites.filter(
    (site) => (!state || stateOf(site) === state) && site.name.toLocaleLowerCase("en").includes(asked),
  );
  return (
    <>
      <div>
        <Counts sites={sites} state={state} onState={setState} />
        <div className="tools">
          <search className="field">
            <Icon name="search" />
            <input
              ref={field}
              type="search"
              placeholder={say("find")}
              aria-label={say("find")}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              onKeyDown={(event) => event.key === "Escape" && setTyped("")}
            />
            <kbd className="key">/</kbd>
          </search>
          <p className="note soft">{say("worstFirst")}</p>
        </div>
        <div className="over-work">
          <Freshness />
          <Refusal />
        </div>
      </div>
      {sites.length === 0 ? (
        <Empty icon="machine" title={say("noSites")}>
          {say("noSitesWhy")}
        </Empty>
      ) : shown.length === 0 ? (
        <Empty
          icon="search"
          title={say("noneSuch")}
          action={
            <Button
              onClick={() => {
                setState(null);
                setTyped("");
              }}
            >
              {say("showAll")}
            </Button>
          }
        />
      ) : (
        <SiteTable sites={shown} chosen={chosen} beats={beats} />
      )}
    </>
  );
}

/** How many stand how; pressing one shows only those. */
function Counts(props: {
  sites: readonly CentreSite[];
  state: SiteState | null;
  onState(state: SiteState | null): void;
}) {
  const { sites, state, onState } = props;
  const say = useWords(centre);
  const counts = countsOf(sites);
  return (
    <fieldset className="counts" aria-label={say("show")}>
      <button
        type="button"
        {...(state === null ? { "aria-current": true } : {})}
        onClick={() => onState(null)}
      >
        <span>{say("all")}</span> <strong>{sites.length}</strong>
      </button>
      {STATES.filter((one) => counts.has(one) || one === "live" || one === "silent").map((one) => (
        <button
          key={one}
          type="button"
          {...(state === one ? { "aria-current": true } : {})}
          onClick={() => onState(state === one ? null : one)}
        >
          <Chip tone={LOOK[one].tone} icon={LOOK[one].icon} kind="quiet">
            {say(`state.${one}`)}
          </Chip>{" "}
          <strong>{counts.get(one) ?? 0}</strong>
        </button>
      ))}
    </fieldset>
  );
}
