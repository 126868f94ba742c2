import { type CentreSite, createClient, gurujisOf, queueOf } from "@sangam/sdk";
import { useEffect, useMemo, useRef } from "react";
import { Bones } from "../blocks/lines.tsx";
import { Button, Empty, Name, Notice } from "../blocks/small.tsx";
import { useSteady } from "../blocks/steady.ts";
import { Freshness } from "../desk/Trouble.tsx";
import {
  ClientContext,
  type Place,
  PlaceContext,
  useClient,
  useClientState,
  usePlace,
} from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { span } from "../words/times.ts";
import { SiteLane } from "./SiteLane.tsx";
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
  const heading = useRef<HTMLHeadingElement>(null);
  // What was pressed to come here is gone: whoever reads with the keyboard goes on from the name.
  useEffect(() => heading.current?.focus(), []);
  return (
    <div>
      <div className="tools">
        <Button icon="undo" shortcut="Esc" onClick={onBack}>
          {say("backToSites")}
        </Button>
        <h2 ref={heading} tabIndex={-1}>
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
    gurujisOf(state)
      .map((guruji) => ({ guruji, queue: queueOf(state, guruji.id) }))
      .filter(({ guruji, queue }) => guruji.fields.disabled !== true || queue.length > 0),
    place,
  );
  const told = state.view?.site as { timezone?: string } | undefined;
  const zone = told?.timezone;
  const { others } = usePlace();
  const here = useMemo<Place>(
    () => ({ name: site.name, zone, node: "centre", others }),
    [site.name, zone, others],
  );
  if (state.view === null) return <Unread />;
  return (
    <PlaceContext.Provider value={here}>
      <div className="over-work">
        <Freshness />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="lanes" tabIndex={0} aria-label={say("queueOf", { name: site.name })} ref={place}>
        {lanes.length === 0 && (
          <Empty icon="cloud-off" title={say("noQueue")}>
            {say("noQueueWhy")}
          </Empty>
        )}
        {lanes.map(({ guruji, queue }) => (
          <SiteLane key={guruji.id} guruji={guruji} queue={queue} />
        ))}
      </section>
    </PlaceContext.Provider>
  );
}

/** Nothing of the queue is here yet: on its way, or refused, or not answered; never bones for ever. */
function Unread() {
  const say = useWords(centre);
  const { session, connection } = useClientState();
  if (session.status === "forbidden" || session.status === "signed_out") {
    return (
      <Empty icon="lock" title={say("queueRefused")}>
        {say("queueRefusedWhy")}
      </Empty>
    );
  }
  if (connection.mode === "offline" || connection.retryCount > 0) {
    return (
      <Empty icon="cloud-off" title={say("queueUnread")}>
        {say("queueUnreadWhy")}
      </Empty>
    );
  }
  return (
    <div className="lanes">
      <section className="lane">
        <Bones lines={8} />
      </section>
    </div>
  );
}
