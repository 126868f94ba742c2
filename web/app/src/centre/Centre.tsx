import { type CentreSite, sitesOf } from "@sangam/sdk";
import { useEffect, useRef, useState } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Button, Chip, Empty } from "../blocks/small.tsx";
import { Bar } from "../desk/Bar.tsx";
import { lineOf } from "../desk/focus.ts";
import { Freshness, Refusal } from "../desk/Trouble.tsx";
import { useClientState } from "../screen/client.tsx";
import { useKeys } from "../screen/keys.ts";
import { useNow } from "../screen/now.ts";
import { useWords } from "../words/Language.tsx";
import { type Beats, noted } from "./beats.ts";
import { SitePanel } from "./SitePanel.tsx";
import { SiteQueue } from "./SiteQueue.tsx";
import { SiteTable } from "./SiteTable.tsx";
import { countsOf, LOOK, type SiteState, STATES, stateOf, worstFirst } from "./sites.ts";
import { centre } from "./words.ts";

/** Where one is in this screen: it stands in the address, so that Back goes back and a link can be sent. */
function useAddress(): { site: string; queue: boolean } {
  const read = () => {
    const said = new URLSearchParams(location.hash.slice(1));
    return { site: said.get("site") ?? "", queue: said.has("queue") };
  };
  const [at, setAt] = useState(read);
  useEffect(() => {
    const changed = () => setAt(read());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return at;
}

export const goTo = (site: string, queue = false) => {
  location.hash = site ? `site=${encodeURIComponent(site)}${queue ? "&queue" : ""}` : "";
};

/** Every site, worst first; the chosen one beside the list, its queue in its place. */
export function Centre() {
  const say = useWords(centre);
  const sites = worstFirst(sitesOf(useClientState()));
  const at = useAddress();
  const chosen = sites.find((site) => site.id === at.site) ?? null;
  const beats = useBeats(sites);
  const sheet = [
    {
      title: say("keysSites"),
      keys: [
        { keys: ["/"], does: say("keyFind") },
        { keys: ["Q"], does: say("keyOpen") },
        { keys: ["Esc"], does: say("keyClose") },
      ],
    },
  ];
  useKeys({
    q: chosen ? () => goTo(chosen.id, true) : undefined,
    escape: at.site ? () => goTo(at.queue ? at.site : "") : undefined,
  });
  useWayBack(at.site, at.queue);
  return (
    <div className={chosen && !at.queue ? "desk centre" : "desk centre undrawn"}>
      <Bar brand={say("brand")} title={say("title")} keys={sheet} />
      <div className="desk-body">
        {chosen && at.queue ? (
          <SiteQueue key={chosen.id} site={chosen} onBack={() => goTo(chosen.id)} />
        ) : (
          <Sites sites={sites} chosen={chosen} beats={beats} />
        )}
        {chosen && !at.queue && (
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

/** What this screen heard itself, a bar a minute; it knows nothing from before it was opened. */
function useBeats(sites: readonly CentreSite[]): Beats {
  const now = useNow(NOTE_EVERY_MS);
  const beats = useRef<Beats>(new Map());
  const { connection } = useClientState();
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
    <main>
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
    </main>
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
