import { gurujisOf, queueOf, type StatusAnswer, serverNow, toBeCalled } from "@sangam/sdk";
import { useEffect, useState } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Bones } from "../blocks/lines.tsx";
import { useClient, useClientState, useClinicNow, usePlace } from "../screen/client.tsx";
import { useNow } from "../screen/now.ts";
import { useCommon, useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import { devicesOf } from "./devices.ts";
import { type Health, healthOf, wantLook } from "./health.ts";
import { admin } from "./words.ts";

const ASK_EVERY_MS = 10_000;

interface Told {
  status: StatusAnswer | null;
  atMs: number | null;
  unheard: boolean;
}

/** What the box says of itself, asked every ten seconds while this page is open. */
function useBox(): Told {
  const client = useClient();
  const [told, setTold] = useState<Told>({ status: null, atMs: null, unheard: false });
  useEffect(() => {
    let gone = false;
    const ask = () =>
      client.request<StatusAnswer>("GET", "/api/v1/status").then(
        (status) => gone || setTold({ status, atMs: Date.now(), unheard: false }),
        () => gone || setTold((was) => ({ ...was, unheard: true })),
      );
    void ask();
    const timer = setInterval(ask, ASK_EVERY_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [client]);
  return told;
}

/** The box's health in words: what wants a look first, the rest in one order always. */
export function Box() {
  const say = useWords(admin);
  const common = useCommon();
  const state = useClientState();
  const { zone } = usePlace();
  const now = useNow(1000);
  const told = useBox();
  const { status, atMs } = told;
  if (!status || atMs === null) {
    return (
      <section className="page">
        <h2>{say(told.unheard ? "boxUnheard" : "box")}</h2>
        <Bones lines={6} />
      </section>
    );
  }
  const health = healthOf(
    { status, uplink: state.uplink, devices: devicesOf(state), serverNowMs: serverNow(state, now), zone },
    say,
    common,
  );
  const count = wantLook(health);
  const time = clock(serverNow(state, atMs), zone);
  const title = told.unheard ? say("boxUnheard") : count > 0 ? say("boxLook", { count }) : say("boxWell");
  return (
    <section className="page" aria-labelledby="box">
      <header>
        <div>
          <h2 id="box">{title}</h2>
          <p>{say(told.unheard ? "boxUnheardWhy" : "boxMeasured", { time })}</p>
        </div>
      </header>
      <div className="split">
        <ul className="health">
          {health.map((one) => (
            <HealthLine key={one.key} health={one} />
          ))}
        </ul>
        <Today />
      </div>
    </section>
  );
}

function HealthLine({ health }: { health: Health }) {
  const say = useWords(admin);
  return (
    <li className={health.tone}>
      <span className="mark">
        <Icon name={health.icon} />
      </span>
      <h3>{say(health.key)}</h3>
      <div>
        <strong>{health.so}</strong>
        <p className="soft note">{health.how}</p>
      </div>
      {health.key === "screens" && (
        <a className="button" href="#devices">
          {say("seeDevices")}
        </a>
      )}
    </li>
  );
}

function Today() {
  const say = useWords(admin);
  const state = useClientState();
  const { zone } = usePlace();
  const now = useClinicNow(10_000);
  const queue = queueOf(state);
  const gurujis = gurujisOf(state).filter((one) => one.fields.disabled !== true);
  const figures: [Parameters<typeof say>[0] & ("waiting" | "inService" | "gurujisHere"), number][] = [
    ["waiting", queue.filter((entry) => toBeCalled(entry.status) || entry.status === "called").length],
    ["inService", queue.filter((entry) => entry.status === "in_service").length],
    ["gurujisHere", gurujis.filter((one) => one.availability !== "off").length],
  ];
  return (
    <section className="card" aria-labelledby="today">
      <h3 id="today">{say("today", { time: clock(now, zone) })}</h3>
      <dl className="figures">
        {figures.map(([word, value]) => (
          <div key={word}>
            <dt>{say(word)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
