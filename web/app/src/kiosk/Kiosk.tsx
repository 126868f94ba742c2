import { clinicNow } from "@sangam/sdk";
import { useCallback } from "react";
import { useAwake, useNightlyReload } from "../board/lasting.ts";
import { useClient, useClientState, usePlace } from "../screen/client.tsx";
import type { Lang } from "../words/catalogue.ts";
import { useLanguage } from "../words/Language.tsx";
import { Help, NoAppointment, NoBooking, NoMore, NoToken } from "./Aside.tsx";
import { Ask } from "./Ask.tsx";
import { Booking } from "./Booking.tsx";
import { restOf } from "./choices.ts";
import { type Step, useFlow } from "./flow.ts";
import { useIdle } from "./idle.ts";
import { useLease } from "./lease.ts";
import { CLEARS_AFTER_S } from "./Page.tsx";
import { Resting } from "./Resting.tsx";
import { SlipPage } from "./SlipPage.tsx";
import { useScan } from "./scan.ts";

export const FIRST_LANG: Lang = "hi";

/** One question a screen. It resets itself, says when, and keeps nothing of the last person. */
export function Kiosk() {
  const client = useClient();
  const state = useClientState();
  const { lang, setLang } = useLanguage();
  const clinicNowMs = useCallback(() => clinicNow(client.getState(), Date.now()), [client]);
  const { step, choose, scan, number, show, clear } = useFlow(lang, clinicNowMs);
  useLease(client, state);
  useScan(scan);
  useAwake();
  const { zone } = usePlace();
  useNightlyReload(client, zone);

  const atRest = step.name === "ask" && lang === FIRST_LANG;
  const left = useIdle(!atRest && step.name !== "asking", CLEARS_AFTER_S, () => {
    setLang(FIRST_LANG);
    clear();
  });
  const done = () => {
    setLang(FIRST_LANG);
    clear();
  };

  const rest =
    step.name === "rest" ? step.why : step.name === "ask" ? restOf(state, clinicNowMs(), zone) : null;
  const page =
    rest !== null ? (
      <Resting why={rest} onHelp={() => show("help")} onAppointment={() => show("appointment")} />
    ) : step.name === "slip" ? (
      <SlipPage slip={step.slip} left={left} of={CLEARS_AFTER_S} onDone={done} />
    ) : step.name === "help" ? (
      <Help left={left} onBack={clear} />
    ) : step.name === "appointment" || (step.name === "asking" && step.by === "number") ? (
      <Booking busy={step.name === "asking"} left={left} onNumber={number} onBack={clear} />
    ) : step.name === "unknown" ? (
      <NoAppointment left={left} onBack={done} />
    ) : step.name === "noBooking" || step.name === "several" ? (
      <NoBooking why={step.name} left={left} onBack={() => show("appointment")} />
    ) : step.name === "full" ? (
      <NoMore left={left} onBack={clear} />
    ) : step.name === "none" ? (
      <NoToken why={step.why} left={left} onBack={done} />
    ) : (
      <Ask
        busy={step.name === "asking" ? { guruji: step.by === "choice" ? step.guruji : undefined } : null}
        onChoose={choose}
        onShow={show}
        left={atRest ? null : left}
      />
    );
  return (
    <div className="kiosk">
      {page}
      {(RIVERS.has(step.name) || (step.name === "asking" && step.by !== "number")) && <Rivers />}
    </div>
  );
}

/** Behind pages that leave the foot free; nobody reads words on water. */
const RIVERS = new Set<Step["name"]>([
  "ask",
  "help",
  "rest",
  "full",
  "unknown",
  "noBooking",
  "several",
  "none",
]);
const BANKS = [0, 1, 2, 3, 4, 5];

function Rivers() {
  return (
    <svg className="rivers" viewBox="0 0 1080 480" preserveAspectRatio="none" aria-hidden="true">
      <g>
        {BANKS.map((i) => (
          <path
            key={i}
            d={`M-20 ${30 + 34 * i}C${330 - 26 * i} ${30 + 34 * i} ${531 - 18 * i} 150 ${531 - 18 * i} 480`}
          />
        ))}
      </g>
      <g>
        {BANKS.map((i) => (
          <path
            key={i}
            d={`M1100 ${30 + 34 * i}C${750 + 26 * i} ${30 + 34 * i} ${549 + 18 * i} 150 ${549 + 18 * i} 480`}
          />
        ))}
      </g>
    </svg>
  );
}
