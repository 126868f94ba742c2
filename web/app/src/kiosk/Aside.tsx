import { type ReactNode, useState } from "react";
import { Icon, type IconName } from "../blocks/Icon.tsx";
import { Button, Notice } from "../blocks/small.tsx";
import { useClient, useClientState } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { CLEARS_AFTER_S, Clears, Page } from "./Page.tsx";
import { kiosk } from "./words.ts";

/** Help is given by people: the way to them, and a call where it cannot wait. */
export function Help({ left, onBack }: { left: number; onBack(): void }) {
  const say = useWords(kiosk);
  return (
    <Page also="aside">
      <section className="when">
        <Icon name="help" />
        <h1>{say("helpGo")}</h1>
        <p className="soft">{say("helpWhy")}</p>
        <CallStaff />
      </section>
      <Button kind="main" also="done" onClick={onBack}>
        {say("back")}
      </Button>
      <Clears left={left} of={CLEARS_AFTER_S} />
    </Page>
  );
}

type Call = "idle" | "calling" | "called" | "failed";
const CALL_MS = 5000;

/** Calls staff to this kiosk. It says that they were called only once the box has it. */
function CallStaff() {
  const say = useWords(kiosk);
  const client = useClient();
  const { session } = useClientState();
  const [call, setCall] = useState<Call>("idle");
  async function raise() {
    setCall("calling");
    const act = client.act("emergency.raise", { place: session.user?.name ?? "" }, { optimistic: false });
    const late = new Promise<null>((resolve) => setTimeout(resolve, CALL_MS, null));
    const outcome = await Promise.race([act.settled, late]);
    if (outcome && outcome.status !== "rejected") return setCall("called");
    setCall("failed");
    if (outcome) client.discard(act.id);
    // It still goes when the box is heard: late help is better than none.
    else act.settled.then((later) => later.status !== "rejected" && setCall("called"));
  }
  if (call === "called") return <Notice tone="flow" icon="bell" title={say("calledNow")} />;
  return (
    <>
      {call === "failed" && <Notice tone="alarm" icon="siren" title={say("callFailed")} loud />}
      <Button kind="danger" icon="siren" disabled={call === "calling"} onClick={raise}>
        {say("callNow")}
      </Button>
    </>
  );
}

interface NotSo {
  icon: IconName;
  title: string;
  left: number;
  onBack(): void;
  children: ReactNode;
}

/** It could not be done: why, and what to do instead. */
function NotSo({ icon, title, left, onBack, children }: NotSo) {
  const say = useWords(kiosk);
  return (
    <Page also="aside">
      <section className="when" role="alert">
        <Icon name={icon} />
        <h1>{title}</h1>
        {children}
      </section>
      <Button kind="main" also="done" onClick={onBack}>
        {say("back")}
      </Button>
      <Clears left={left} of={CLEARS_AFTER_S} />
    </Page>
  );
}

type Back = Pick<NotSo, "left" | "onBack">;

/** What was read names no appointment that could be checked in. */
export function NoAppointment(back: Back) {
  const say = useWords(kiosk);
  return (
    <NotSo icon="calendar" title={say("notAppointment")} {...back}>
      <p className="soft">{say("notAppointmentWhy")}</p>
    </NotSo>
  );
}

/** The number that was typed is of no booking, or of the bookings of several people. */
export function NoBooking({ why, ...back }: Back & { why: "noBooking" | "several" }) {
  const say = useWords(kiosk);
  return (
    <NotSo icon="calendar" title={say(why)} {...back}>
      <p className="soft">{say(why === "several" ? "severalWhy" : "noBookingWhy")}</p>
    </NotSo>
  );
}

/** Whoever was chosen takes nobody more today. */
export function NoMore(back: Back) {
  const say = useWords(kiosk);
  return (
    <NotSo icon="users" title={say("fullOne")} {...back}>
      <p className="soft">{say("fullOneWhy")}</p>
    </NotSo>
  );
}

/** No token could be given; it says so, and where to get one. */
export function NoToken({ why, ...back }: Back & { why: string | null }) {
  const say = useWords(kiosk);
  return (
    <NotSo
      icon={why === null ? "cloud-off" : "help"}
      title={say(why === null ? "cutOff" : "notGiven")}
      {...back}
    >
      {why && <p lang="en">{why}</p>}
      <p className="soft">{say("cutOffWhy")}</p>
    </NotSo>
  );
}
