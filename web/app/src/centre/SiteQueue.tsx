import { type CentreSite, createClient, gurujisOf, queueOf } from "@sangam/sdk";
import { useEffect, useMemo, useRef } from "react";
import { Bones } from "../blocks/lines.tsx";
import { Button, Empty, Name, Notice } from "../blocks/small.tsx";
import { useSteady } from "../blocks/steady.ts";
import { Lane, laneParts } from "../desk/Lane.tsx";
import { ClientContext, type Place, PlaceContext, useClient, useClientState } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { span } from "../words/times.ts";
import { StateChip, useHeardMs } from "./SiteTable.tsx";
import { toldNow } from "./sites.ts";
import { centre } from "./words.ts";

/** The live queue of one site as the centre may see it: without names, and with how old it is. */
export function SiteQueue({ site, onBack }: { site: CentreSite; onBack(): void }) {
  const outer = useClient();
  const own = useMemo(
    () =>
      createClient({
        view: "queue",
        screen: outer.options.screen,
        site: site.id,
        ...(outer.options.deps ? { deps: outer.options.deps } : {}),
      }),
    [outer, site.id],
  );
  useEffect(() => {
    own.start();
    return () => own.stop();
  }, [own]);
  return (
    <main className="site-queue">
      <Head site={site} onBack={onBack} />
      <ClientContext.Provider value={own}>
        <Queue site={site} />
      </ClientContext.Provider>
    </main>
  );
}

function Head({ site, onBack }: { site: CentreSite; onBack(): void }) {
  const say = useWords(centre);
  const common = useCommon();
  const heardMs = useHeardMs(site);
  return (
    <div>
      <div className="tools">
        <Button icon="undo" shortcut="X" onClick={onBack}>
          {say("backToSites")}
        </Button>
        <h2>
          <Name>{site.name}</Name>
        </h2>
        <StateChip site={site} />
        <span className="soft note">{say("queueHow")}</span>
      </div>
      {!toldNow(site) && heardMs !== null && (
        <div className="over-work">
          <Notice
            tone="rest"
            icon="moon"
            title={say("queueOld", { ago: common("ago", { span: span(heardMs, common) }) })}
          />
        </div>
      )}
    </div>
  );
}

function Queue({ site }: { site: CentreSite }) {
  const say = useWords(centre);
  const state = useClientState();
  const place = useRef<HTMLElement>(null);
  const lanes = useSteady(
    gurujisOf(state).map((guruji) => {
      const queue = queueOf(state, guruji.id);
      return { guruji, queue, parts: laneParts(queue, []) };
    }),
    place,
  );
  const told = state.view?.site as { timezone?: string } | undefined;
  const zone = told?.timezone;
  const here = useMemo<Place>(() => ({ name: site.name, zone, node: "centre" }), [site.name, zone]);
  return (
    <PlaceContext.Provider value={here}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="lanes" tabIndex={0} aria-label={say("queueOf", { name: site.name })} ref={place}>
        {state.view === null && <Bones lines={8} />}
        {state.view !== null && lanes.length === 0 && (
          <Empty icon="cloud-off" title={say("noQueue")}>
            {say("noQueueWhy")}
          </Empty>
        )}
        {lanes.map(({ guruji, queue, parts }) => (
          <Lane key={guruji.id} nameless guruji={guruji} queue={queue} parts={parts} />
        ))}
      </section>
    </PlaceContext.Provider>
  );
}
