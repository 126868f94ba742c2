import { useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Button, Chip, Switch } from "../blocks/small.tsx";
import { useClient, useClientState } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { minutesOf, NUMBERS, settingOf, timeOfDay } from "./settings.ts";
import { site } from "./siteWords.ts";
import "./site.css";

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** What the site decided about itself. Each is saved by itself; what is not set follows the usual. */
export function Settings() {
  const say = useWords(site);
  const client = useClient();
  const state = useClientState();
  const set = (name: string, value: unknown) => client.act("setting.update", { name, value });
  const sent = new Set(
    state.pending.filter((one) => one.mine && one.state !== "rejected").map((one) => one.data.name),
  );
  const closed = settingOf(state, "closedWeekdays");
  const days: readonly unknown[] = Array.isArray(closed) ? closed : ["sunday"];
  const time = (name: "opensAt" | "closesAt", otherwise: number) => (
    <One
      key={name}
      label={say(name)}
      note={say("timeHow")}
      wrong={say("timeWrong")}
      value={timeOfDay(Number(settingOf(state, name) ?? otherwise))}
      sent={sent.has(name)}
      read={minutesOf}
      onSave={(value) => set(name, value)}
    />
  );
  return (
    <>
      <header>
        <div>
          <h2>{say("settings")}</h2>
          <p>{say("settingsHow")}</p>
        </div>
      </header>
      <section className="card settings" aria-labelledby="hours">
        <h3 id="hours">{say("hours")}</h3>
        <One
          label={say("siteName")}
          wrong={say("nameMissing")}
          value={String(settingOf(state, "name") ?? "")}
          sent={sent.has("name")}
          read={(typed) => typed.trim() || null}
          onSave={(value) => set("name", value)}
        />
        {time("opensAt", 9 * 60)}
        {time("closesAt", 18 * 60)}
        <fieldset className="weekdays">
          <legend className="label">{say("closedOn")}</legend>
          {DAYS.map((day) => (
            <label key={day}>
              <input
                type="checkbox"
                checked={days.includes(day)}
                onChange={(event) =>
                  set(
                    "closedWeekdays",
                    DAYS.filter((one) => (one === day ? event.currentTarget.checked : days.includes(one))),
                  )
                }
              />{" "}
              {say(`day.${day}`)}
            </label>
          ))}
        </fieldset>
        <Switch on={settingOf(state, "enforceHours") === true} onChange={(on) => set("enforceHours", on)}>
          {say("enforceHours")}
        </Switch>
      </section>
      <section className="card settings" aria-labelledby="queue">
        <h3 id="queue">{say("queue")}</h3>
        {NUMBERS.map(({ name, otherwise, least, most }) => (
          <One
            key={name}
            label={say(name)}
            note={say("usual", { n: otherwise })}
            wrong={say("between", { least, most })}
            value={String(settingOf(state, name) ?? otherwise)}
            sent={sent.has(name)}
            read={(typed) => {
              const value = Number(typed);
              const fits = /^\d+$/.test(typed.trim()) && value >= least && value <= most;
              return fits ? value : null;
            }}
            onSave={(value) => set(name, value)}
          />
        ))}
      </section>
    </>
  );
}

/** One setting: what is typed is saved by Enter or the button, which is there only when something changed. */
function One<T extends string | number>(props: {
  label: string;
  note?: string;
  wrong: string;
  value: string;
  sent: boolean;
  /** The value of what was typed; null when it cannot be one. */
  read(typed: string): T | null;
  onSave(value: T): void;
}) {
  const say = useWords(site);
  const [typed, setTyped] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const shown = typed ?? props.value;
  const value = props.read(shown);
  const changed = typed !== null && typed !== props.value;
  return (
    <form
      className="one"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (value === null || !changed) return;
        props.onSave(value);
        setTyped(null);
        setTried(false);
      }}
    >
      <Field
        label={props.label}
        value={shown}
        autoComplete="off"
        {...(props.note ? { note: props.note } : {})}
        wrong={tried && value === null && props.wrong}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {changed && (
        <Button kind="main" type="submit">
          {say("save")}
        </Button>
      )}
      {props.sent && !changed && (
        <Chip tone="heed" icon="send" kind="quiet">
          {say("willSend")}
        </Chip>
      )}
    </form>
  );
}
