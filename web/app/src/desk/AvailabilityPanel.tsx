import { type GurujiRow, gurujisOf } from "@sangam/sdk";
import { type FormEvent, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Name } from "../blocks/small.tsx";
import { useClient, useClientState, useClinicNow, usePlace } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import { type SetAvailability, useSetAvailability } from "./availability.ts";
import { panels } from "./panelWords.ts";
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
  const tell = useWords(panels);
  const set = useSetAvailability(guruji.id);
  const [offerTo, setOfferTo] = useState("");
  const others = gurujisOf(useClientState()).filter(
    (one) => one.id !== guruji.id && one.availability === "available" && one.fields.disabled !== true,
  );
  const now = useClinicNow(10_000);
  const { zone } = usePlace();
  const is = (availability: string) =>
    guruji.availability === availability ? { "aria-current": true as const } : {};
  const act: SetAvailability = (availability, until) => {
    set(availability, until, availability === "available" ? "" : offerTo);
    onClose();
  };
  return (
    <Panel
      title={<Name>{guruji.name}</Name>}
      onClose={onClose}
      also="availability"
      foot={<span className="soft note">{tell("breakWhy")}</span>}
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
        {others.length > 0 && (
          <label>
            <span className="label">{tell("offerTo")}</span>
            <span className="field">
              <select value={offerTo} onChange={(event) => setOfferTo(event.currentTarget.value)}>
                <option value="">{tell("offerNobody")}</option>
                {others.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name}
                  </option>
                ))}
              </select>
            </span>
            <span className="note soft">{tell("offerHow")}</span>
          </label>
        )}
        <p className="actions">
          {BREAKS.map((minutes) => {
            const until = breakEnd(now, minutes);
            return (
              <Button key={minutes} icon="pause" onClick={() => act("on_break", until)}>
                {tell("forMinutesUntil", { n: minutes, time: clock(until, zone) })}
              </Button>
            );
          })}
          <Button icon="pause" onClick={() => act("on_break")}>
            {tell("openEnded")}
          </Button>
        </p>
        <Room guruji={guruji} />
      </div>
    </Panel>
  );
}

/** Where they sit: calls say it, boards show it. */
function Room({ guruji }: { guruji: GurujiRow }) {
  const tell = useWords(panels);
  const client = useClient();
  const [typed, setTyped] = useState(guruji.room ?? "");
  const room = typed.trim();
  function go(event: FormEvent) {
    event.preventDefault();
    client.act("guruji.set_room", { guruji: guruji.id, room });
  }
  return (
    <form className="room" onSubmit={go}>
      <Field
        label={tell("roomOf")}
        note={tell("roomHow")}
        maxLength={40}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {room !== "" && room !== guruji.room && (
        <Button type="submit" icon="check">
          {tell("save")}
        </Button>
      )}
    </form>
  );
}
