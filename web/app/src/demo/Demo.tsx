import { useState } from "react";
import { Choice, LanguageChoice } from "../blocks/choices.tsx";
import { Icon } from "../blocks/Icon.tsx";
import { Bones } from "../blocks/lines.tsx";
import { Button, Notice } from "../blocks/small.tsx";
import { useNow } from "../screen/now.ts";
import { STAFF_LANGS } from "../words/catalogue.ts";
import { useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { Doors } from "./Doors.tsx";
import { type DemoState, type Order, useDemo, useOrders } from "./live.ts";
import { clinicNow } from "./mood.ts";
import { News } from "./News.tsx";
import { Stage } from "./Stage.tsx";
import { demo } from "./words.ts";

const SPEEDS = [1, 10, 60];

/** What `sangam demo` opens: the ashrams, the centre and the lines between, to be cut and joined. */
export function Demo() {
  const say = useWords(demo);
  const { last, heard } = useDemo();
  const { send, busy, refusal } = useOrders();
  const [chosen, choose] = useState<string | null>(null);
  const now = useNow(250);
  const state = last?.state;
  const clinic = last ? clinicNow(last.state, last.at, heard ? now : last.at) : 0;
  const site = state?.sites.find(({ id }) => id === chosen) ?? middleOf(state);
  return (
    <div className="demo">
      <header className="bar">
        <p className="brand">
          <Icon name="sangam" /> {say("title")}
        </p>
        {state && <ClinicTime clinic={clinic} zone={state.zone} />}
        <div className="push">
          {state && <Pace speed={state.speed} send={send} />}
          {state && (
            <Button icon="undo" disabled={busy !== null} onClick={() => send({ to: "restart" })}>
              {say("startOver")}
            </Button>
          )}
          <LanguageChoice among={STAFF_LANGS} />
        </div>
      </header>
      <main>
        {(!heard || refusal !== null) && (
          <div className="notices">
            {!heard && (
              <Notice tone="rest" icon="cloud-off" title={say("unheard")}>
                {say("unheardWhy")}
              </Notice>
            )}
            {refusal !== null && (
              <Notice tone="alarm" icon="triangle-alert" title={say("failed")} loud>
                {refusal}
              </Notice>
            )}
          </div>
        )}
        {last ? (
          <Stage heard={last} now={heard ? now : last.at} busy={busy} send={send} />
        ) : (
          heard && <Bones />
        )}
      </main>
      {state && site && (
        <div className="below">
          <Doors state={state} site={site} onChoose={choose} />
          <News state={state} clinic={clinic} />
        </div>
      )}
    </div>
  );
}

const middleOf = (state: DemoState | undefined) => state?.sites[Math.floor((state.sites.length - 1) / 2)];

function ClinicTime({ clinic, zone }: { clinic: number; zone: string }) {
  const { lang } = useLanguage();
  return (
    <p className="soft">
      {dayAndDate(clinic, lang, zone)}, {clock(clinic, zone)}
    </p>
  );
}

function Pace({ speed, send }: { speed: number; send(order: Order): void }) {
  const say = useWords(demo);
  const among = SPEEDS.includes(speed) ? SPEEDS : [...SPEEDS, speed].sort((a, b) => a - b);
  return (
    <>
      <span className="soft" aria-hidden="true">
        {say("speed")}
      </span>
      <Choice
        label={say("speed")}
        options={among.map((n) => ({ value: `${n}`, label: n === 1 ? say("asItIs") : say("times", { n }) }))}
        value={`${speed}`}
        onChange={(chosen) => send({ to: "speed", speed: Number(chosen) })}
      />
    </>
  );
}
