import type { GurujiRow } from "@sangam/sdk";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Name } from "../blocks/small.tsx";
import { useClinicNow, usePlace } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import { type SetAvailability, useSetAvailability } from "./availability.ts";
import { desk } from "./words.ts";

const BREAKS = [10, 15, 30, 60];

/** When a break of so many minutes ends, to the full minute: RFC 3339. */
export function breakEnd(clinicNowMs: number, minutes: number): string {
  const end = clinicNowMs + minutes * 60_000;
  return new Date(end - (end % 60_000)).toISOString();
}

/** Available, on a break for so long, or not here today; what is so now is marked. */
export function AvailabilityPanel({ guruji, onClose }: { guruji: GurujiRow; onClose(): void }) {
  const say = useWords(desk);
  const set = useSetAvailability(guruji.id);
  const now = useClinicNow(10_000);
  const { zone } = usePlace();
  const is = (availability: string) =>
    guruji.availability === availability ? { "aria-current": true as const } : {};
  const act: SetAvailability = (availability, until) => {
    set(availability, until);
    onClose();
  };
  return (
    <Panel
      title={<Name>{guruji.name}</Name>}
      onClose={onClose}
      also="availability"
      foot={<span className="soft note">{say("breakWhy")}</span>}
    >
      <div className="stack">
        <p className="actions">
          <Button {...is("available")} icon="check" onClick={() => act("available")} data-first="">
            {say("available")}
          </Button>
          <Button {...is("off")} icon="moon" onClick={() => act("off")}>
            {say("off")}
          </Button>
        </p>
        <h3>{say("onBreak")}</h3>
        <p className="actions">
          {BREAKS.map((minutes) => {
            const until = breakEnd(now, minutes);
            return (
              <Button key={minutes} icon="pause" onClick={() => act("on_break", until)}>
                {say("forMinutesUntil", { n: minutes, time: clock(until, zone) })}
              </Button>
            );
          })}
          <Button icon="pause" onClick={() => act("on_break")}>
            {say("openEnded")}
          </Button>
        </p>
      </div>
    </Panel>
  );
}
