import { type Client, createClient, rowsOf, type SessionState, type State, type ViewName } from "@sangam/sdk";
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useState } from "react";
import { Bones, useLate } from "../blocks/lines.tsx";
import { Button, Empty } from "../blocks/small.tsx";
import type { Lang } from "../words/catalogue.ts";
import { entry } from "../words/entry.ts";
import { Language, useWords } from "../words/Language.tsx";
import { Bank } from "./Bank.tsx";
import { ClientContext, type Place, PlaceContext, useClient, useClientState, useTold } from "./client.tsx";
import type { HttpsStatus } from "./door.ts";
import { fetchRest, later, soon } from "./later.tsx";
import { useNow } from "./now.ts";
import { heardFromStatus, type Told, useStatus } from "./status.ts";
import { keepTheme } from "./theme.ts";

const Device = later(async () => (await import("./Device.tsx")).Device);
const Setup = later(async () => (await import("./Setup.tsx")).Setup);
const Kept = soon(async () => (await import("../offline/Kept.tsx")).Kept);
const SignIn = later(async () => (await import("./SignIn.tsx")).SignIn);

export interface ScreenProps {
  /** Names this screen's session and what it keeps in the browser: "coordinator". */
  name: string;
  view: ViewName;
  /** How one gets in: staff by name and PIN, a device by an admin's approval, a patient by the link of the slip. */
  entry: "staff" | "kiosk" | "board" | "link";
  /** Roles this screen is for; others see whose it is. Empty: the node alone decides. */
  roles?: readonly string[];
  /** Before anybody chose. */
  firstLang?: Lang;
  /** Kiosks and boards forget the language, the next reader is another one. */
  remember?: boolean;
  /** At the centre: the site looked into. */
  site?: string;
  /** Instead of one made here: for tests. */
  client?: Client;
  /** Drawn for somebody who is signed in, once there is something to show: useClientState().view is not null. */
  children: ReactNode;
}

/** The frame of every screen: its client, its language, and the ways in. What it holds need not know of them. */
export function Screen(props: ScreenProps) {
  const { view, name, site, client: given } = props;
  const client = useMemo(
    () => given ?? createClient({ view, screen: name, ...(site ? { site } : {}) }),
    [given, view, name, site],
  );
  useEffect(() => {
    client.start();
    return () => client.stop();
  }, [client]);
  const staff = props.entry === "staff";
  useLayoutEffect(() => {
    if (staff) keepTheme();
  }, [staff]);
  return (
    <ClientContext.Provider value={client}>
      <Language
        first={props.firstLang ?? (staff ? "en" : "hi")}
        {...(props.remember === false ? {} : { remember: staff ? "staff" : name })}
      >
        <Gate {...props} />
      </Language>
    </ClientContext.Provider>
  );
}

function Gate(props: ScreenProps) {
  const client = useClient();
  const session = useTold((state) => state.session);
  const hasView = useTold((state) => state.view !== null);
  const told = useStatus(client, session.status !== "signed_in", props.entry === "staff");
  const claiming = useGivenCode(client, session.status);
  const place = usePlaceOf(told);
  const open = session.status === "signed_in" && hasView;
  useEffect(() => {
    if (open) fetchRest();
  }, [open]);
  const roles = props.roles ?? [];
  const role = session.user?.role ?? "";
  return (
    <PlaceContext.Provider value={place}>
      {open && (roles.length === 0 || roles.includes(role)) ? (
        <>
          {props.children}
          <Kept ask={props.entry === "staff"} />
        </>
      ) : (
        <Outside {...props} told={told} claiming={claiming} />
      )}
    </PlaceContext.Provider>
  );
}

function usePlaceOf({ status }: Told): Place {
  const name = useTold((state) => ofSite(state, "name")) || status?.siteName || "";
  const zone = useTold((state) => ofSite(state, "timezone")) || status?.timezone || undefined;
  const node = status?.role === "hub" ? "centre" : "site";
  const others = addressForOthers(status?.https);
  return useMemo(() => ({ name, zone, node, others }), [name, zone, node, others]);
}

/** A device that was not asked trusts no certificate of the site's own: it is sent to plain http. */
export function addressForOthers(https: HttpsStatus | null | undefined, page: Page = location): string {
  const own = page.protocol === "https:" && https?.fingerprint;
  return own ? `http://${page.hostname}:${https.plainPort}` : page.origin;
}
type Page = Pick<Location, "protocol" | "hostname" | "origin">;

/** What the site set, or what the snapshot says of it, as far as this view is told. */
function ofSite(state: State, name: "name" | "timezone"): string | undefined {
  for (const { fields } of rowsOf(state, "setting").values()) {
    if (fields.name === name && typeof fields.value === "string" && fields.value) return fields.value;
  }
  return (state.view?.site as { name?: string; timezone?: string } | undefined)?.[name];
}

/** The page of the way in is drawn only for who needs it: on most days the work stands before this. */
const SOON_MS = 2000;

/** Everything before the work: first start, ways in, not for you, not heard yet. */
function Outside(props: ScreenProps & { told: Told; claiming: boolean }) {
  const client = useClient();
  const { session, view, connection } = useClientState();
  const { told } = props;
  const now = useNow(1000);
  const late = useLate(SOON_MS);
  const here = new URLSearchParams(location.search);
  if (told.status?.setup && props.entry === "staff") {
    return <Setup client={client} status={told.status} />;
  }
  const out = session.status === "signed_out" && !props.claiming;
  const coming = session.status === "signed_in" ? view === null : session.status !== "forbidden" && !out;
  if (coming && !late && !told.unheard && connection.mode !== "offline") return <Mark />;
  return (
    <main className="signin">
      <Bank
        title={told.status?.siteName ?? ""}
        zone={told.status?.timezone}
        heard={heardFromStatus(told, now)}
      />
      {out && props.entry === "staff" && (
        <SignIn client={client} roles={props.roles ?? []} chosen={here.get("who") ?? undefined} />
      )}
      {out && (props.entry === "kiosk" || props.entry === "board") && (
        <Device client={client} kind={props.entry} place={told.status?.siteName ?? ""} />
      )}
      {out && props.entry === "link" && <BadLink />}
      {(session.status === "forbidden" || session.status === "signed_in") && (
        <NotYours {...props} unheard={told.unheard} />
      )}
      {(session.status === "unknown" || (session.status === "signed_out" && !out)) && (
        <NotHeard unheard={told.unheard} />
      )}
    </main>
  );
}

/** As it stands in the page until its program has come. */
function Mark() {
  return <main className="boot">Sangam</main>;
}

/** A pair code or the link of a slip may come in the address. */
function given(): { link: string | null; pair: string | null } {
  const hash = new URLSearchParams(location.hash.slice(1));
  return { link: hash.get("t"), pair: hash.get("pair") ?? new URLSearchParams(location.search).get("pair") };
}

/** It is used once and taken out of sight. True while that is not settled: nobody need ask to be let in meanwhile. */
function useGivenCode(client: Client, status: SessionState["status"]): boolean {
  const [claiming, setClaiming] = useState(() => Object.values(given()).some(Boolean));
  useEffect(() => {
    if (status === "unknown") return;
    const { link, pair } = given();
    // Another slip than the last one on this phone is another entry; a paired device stays what it is.
    if (!(link || (pair && status === "signed_out"))) return setClaiming(false);
    history.replaceState(null, "", location.pathname);
    setClaiming(true);
    // A refusal leaves the person at the way in that stands below.
    (link ? client.signInWithLink(link) : client.signInWithPairCode(pair ?? ""))
      .catch(() => {})
      .finally(() => setClaiming(false));
  }, [client, status]);
  return claiming;
}

function NotYours({ roles = [], entry: way, unheard }: ScreenProps & { unheard: boolean }) {
  const client = useClient();
  const { session, view } = useClientState();
  const say = useWords(entry);
  const role = session.user?.role ?? "";
  const allowed = session.status === "signed_in" && (roles.length === 0 || roles.includes(role));
  if (allowed && view === null) return <NotHeard unheard={unheard} />;
  return (
    <section className="ask">
      <Empty
        page
        icon="lock"
        title={say("notYours")}
        action={way === "staff" && <Button onClick={() => client.signOut()}>{say("signInOther")}</Button>}
      >
        {way === "staff" ? say("notYoursWhy", { name: session.user?.name ?? "" }) : say("notYoursDevice")}
      </Empty>
    </section>
  );
}

function NotHeard({ unheard }: { unheard: boolean }) {
  const say = useWords(entry);
  const { connection } = useClientState();
  return (
    <section className="ask">
      {unheard || connection.mode === "offline" ? (
        <Empty page icon="cloud-off" title={say("askNotYet")} />
      ) : (
        <Bones />
      )}
    </section>
  );
}

function BadLink() {
  const say = useWords(entry);
  return (
    <section className="ask">
      <Empty page icon="lock" title={say("linkOver")}>
        {say("linkOverWhy")}
      </Empty>
    </section>
  );
}
