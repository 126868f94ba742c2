import { type Client, createClient, type ViewName } from "@sangam/sdk";
import { type ReactNode, useEffect, useMemo } from "react";
import { Bones } from "../blocks/lines.tsx";
import { Button, Empty, Notice } from "../blocks/small.tsx";
import type { Lang } from "../words/catalogue.ts";
import { entry } from "../words/entry.ts";
import { Language, useWords } from "../words/Language.tsx";
import { Bank } from "./Bank.tsx";
import { ClientContext, type Place, PlaceContext, useClient, useClientState } from "./client.tsx";
import { Device } from "./Device.tsx";
import { useNow } from "./now.ts";
import { Setup } from "./Setup.tsx";
import { SignIn } from "./SignIn.tsx";
import { heardFromStatus, type Told, useStatus } from "./status.ts";

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
  const { session, view } = useClientState();
  const told = useStatus(client, session.status !== "signed_in");
  const place = usePlaceOf(told);
  const open = session.status === "signed_in" && view !== null;
  const roles = props.roles ?? [];
  const role = session.user?.role ?? "";
  return (
    <PlaceContext.Provider value={place}>
      {open && (roles.length === 0 || roles.includes(role)) ? (
        props.children
      ) : (
        <Outside {...props} told={told} />
      )}
    </PlaceContext.Provider>
  );
}

function usePlaceOf(told: Told): Place {
  const { view } = useClientState();
  const name = text(view?.siteName) ?? told.status?.siteName ?? "";
  const zone = text(view?.timezone) ?? told.status?.timezone;
  const node = told.status?.role === "hub" ? "centre" : "site";
  return useMemo(() => ({ name, zone, node }), [name, zone, node]);
}

const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);

/** Everything before the work: first start, ways in, not for you, not heard yet. */
function Outside(props: ScreenProps & { told: Told }) {
  const client = useClient();
  const { session } = useClientState();
  const { told } = props;
  const now = useNow(1000);
  const here = new URLSearchParams(location.search);
  useGivenCode(client, session.status === "signed_out");
  if (told.status?.setup && props.entry === "staff") {
    return <Setup client={client} hub={told.status.role === "hub"} />;
  }
  const out = session.status === "signed_out";
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
      {(session.status === "forbidden" || session.status === "signed_in") && <NotYours {...props} />}
      {session.status === "unknown" && <NotHeard unheard={told.unheard} />}
    </main>
  );
}

/** A pair code or the link of a slip may come in the address: it is used once and taken out of sight. */
function useGivenCode(client: Client, out: boolean) {
  useEffect(() => {
    if (!out) return;
    const here = new URL(location.href);
    const pair = here.searchParams.get("pair");
    const link = here.searchParams.get("link");
    if (!pair && !link) return;
    here.searchParams.delete("pair");
    here.searchParams.delete("link");
    history.replaceState(null, "", here);
    // A refusal leaves the person at the way in that stands below.
    (pair ? client.signInWithPairCode(pair) : client.signInWithLink(link ?? "")).catch(() => {});
  }, [client, out]);
}

function NotYours({ roles = [], entry: way }: ScreenProps) {
  const client = useClient();
  const { session, view } = useClientState();
  const say = useWords(entry);
  const role = session.user?.role ?? "";
  const allowed = session.status === "signed_in" && (roles.length === 0 || roles.includes(role));
  if (allowed && view === null) return <NotHeard unheard={false} />;
  return (
    <section className="ask">
      <Empty
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
        <Notice tone="rest" icon="cloud-off" title={say("noAnswer")} />
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
      <Empty icon="lock" title={say("linkOver")}>
        {say("linkOverWhy")}
      </Empty>
    </section>
  );
}
