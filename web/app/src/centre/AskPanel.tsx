import type { CentreSite } from "@sangam/sdk";
import { type ReactNode, useState } from "react";
import { NUMBERS } from "../admin/settings.ts";
import { site as siteWords } from "../admin/siteWords.ts";
import { Choice, Field } from "../blocks/choices.tsx";
import { Bones } from "../blocks/lines.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Notice } from "../blocks/small.tsx";
import { useClinicNow } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import type { Asked } from "./asked.ts";
import { useSettingWords } from "./askedWords.ts";
import {
  type Asking,
  askingOf,
  breakEnd,
  type Draft,
  KINDS,
  type Roster,
  SETTINGS,
  type Setting,
  settingOf,
  typedOf,
  WAITS,
  WEEKDAYS,
  waitOf,
} from "./asks.ts";
import { asks } from "./askWords.ts";
import { toldNow } from "./sites.ts";

type Wrong = "guruji" | "value" | "staff" | "device" | "";

interface FormProps {
  draft: Draft;
  roster: Roster;
  /** The zone of the site, where it told one. */
  zone: string | undefined;
  wrong: Wrong;
  set(over: Partial<Draft>): void;
}

/** Asks a site for one thing: what, and then what there is to say about it. */
export function AskPanel(props: {
  site: CentreSite;
  told: Asked<Roster>;
  draft: Draft;
  onDraft(draft: Draft): void;
  onSend(asking: Asking, minutes: number): void;
  onClose(): void;
}) {
  const { site, draft, told } = props;
  const say = useWords(asks);
  const common = useCommon();
  const now = useClinicNow(10_000);
  const [tried, setTried] = useState(false);
  const roster = told.told;
  const asking = roster && askingOf(draft, roster, now);
  const wrong = tried && asking && "wrong" in asking ? asking.wrong : "";
  const set = (over: Partial<Draft>) => {
    setTried(false);
    props.onDraft({ ...draft, ...over });
  };
  const zone = roster?.settings.find(({ name }) => name === "timezone")?.value;
  return (
    <Panel
      also="asking"
      title={say("askTitle", { name: site.name })}
      onClose={props.onClose}
      foot={
        <>
          <span className="push" />
          <Button onClick={props.onClose}>{say("cancel")}</Button>
          <Button kind="main" icon="send" type="submit" form="ask-form" disabled={!roster}>
            {say("send")}
          </Button>
        </>
      }
    >
      <form
        id="ask-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!asking || "wrong" in asking) return;
          props.onSend(asking, waitOf(draft));
          props.onClose();
        }}
      >
        {!toldNow(site) && (
          <Notice tone="rest" icon="moon" title={say("silent")}>
            {say("silentWhy")}
          </Notice>
        )}
        <div className="two">
          <fieldset className="kinds">
            <legend className="label">{say("what")}</legend>
            {KINDS.map((kind) => (
              <label key={kind}>
                <input
                  type="radio"
                  name="kind"
                  checked={kind === draft.kind}
                  {...(kind === draft.kind ? { "data-first": "" } : {})}
                  onChange={() => set({ kind, guruji: "", waitMinutes: null })}
                />{" "}
                {say(`kind.${kind}`)}
              </label>
            ))}
          </fieldset>
          {roster ? (
            <div className="form">
              <Form
                draft={draft}
                roster={roster}
                zone={typeof zone === "string" ? zone : undefined}
                wrong={wrong}
                set={set}
              />
              <Select
                label={say("waits")}
                value={String(waitOf(draft))}
                among={WAITS.map((n) => [String(n), say(`wait.${n}`)])}
                onChange={(value) => set({ waitMinutes: Number(value) })}
              />
            </div>
          ) : told.unheard ? (
            <Notice tone="rest" icon="cloud-off" title={say("untold")}>
              <p className="actions">
                <Button onClick={told.again}>{common("retry")}</Button>
              </p>
            </Notice>
          ) : (
            <Bones />
          )}
        </div>
      </form>
    </Panel>
  );
}

function Form(props: FormProps) {
  switch (props.draft.kind) {
    case "intake":
      return <Intake {...props} />;
    case "day":
      return <Day {...props} />;
    case "availability":
      return <Availability {...props} />;
    case "room":
      return <Room {...props} />;
    case "setting":
      return <OneSetting {...props} />;
    case "staff":
      return <Staff {...props} />;
    case "device":
      return <Device {...props} />;
  }
}

function Select(props: {
  label: string;
  value: string;
  among: readonly (readonly [string, ReactNode])[];
  wrong?: string | false;
  note?: ReactNode;
  onChange(value: string): void;
}) {
  return (
    <label>
      <span className="label">{props.label}</span>
      <span className={props.wrong ? "field wrong" : "field"}>
        <select
          value={props.value}
          {...(props.wrong ? { "aria-invalid": true } : {})}
          onChange={(event) => props.onChange(event.currentTarget.value)}
        >
          {props.among.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </span>
      {props.wrong ? (
        <span className="note alarm said" role="alert">
          {props.wrong}
        </span>
      ) : (
        props.note && <span className="note soft">{props.note}</span>
      )}
    </label>
  );
}

/** `whole`: the choice of no one in particular. */
function Guruji({ draft, roster, wrong, set, whole }: FormProps & { whole?: string }) {
  const say = useWords(asks);
  const there = roster.gurujis.filter((one) => !one.disabled);
  return (
    <Select
      label={say(whole ? "ofWhom" : "guruji")}
      value={draft.guruji}
      among={[["", whole ?? say("choose")], ...there.map(({ id, name }) => [id, name] as const)]}
      wrong={wrong === "guruji" && say("chooseOne")}
      note={there.length === 0 && say("nobodyKnown")}
      onChange={(guruji) => set({ guruji, room: null })}
    />
  );
}

function Reason({ draft, set }: FormProps) {
  const say = useWords(asks);
  return (
    <Field
      label={say("reason")}
      autoComplete="off"
      maxLength={200}
      value={draft.reason}
      onChange={(event) => set({ reason: event.currentTarget.value })}
    />
  );
}

function Intake(props: FormProps) {
  const { draft, set } = props;
  const say = useWords(asks);
  return (
    <>
      <Choice
        label={say("kind.intake")}
        options={[
          { value: "stop", label: say("stop") },
          { value: "give", label: say("give") },
        ]}
        value={draft.open ? "give" : "stop"}
        onChange={(value) => set({ open: value === "give" })}
      />
      <Guruji {...props} whole={say("wholeSite")} />
      {!draft.open && !draft.guruji && <Reason {...props} />}
    </>
  );
}

function Day(props: FormProps) {
  const { draft, set } = props;
  const say = useWords(asks);
  return (
    <>
      <Choice
        label={say("kind.day")}
        options={[
          { value: "close", label: say("closeDay") },
          { value: "open", label: say("openDay") },
        ]}
        value={draft.open ? "open" : "close"}
        onChange={(value) => set({ open: value === "open" })}
      />
      {!draft.open && (
        <>
          <Reason {...props} />
          <p className="soft note">{say("closeHow")}</p>
        </>
      )}
    </>
  );
}

const BREAKS = [15, 30, 60, 120] as const;

function Availability(props: FormProps) {
  const { draft, set, zone } = props;
  const say = useWords(asks);
  const now = useClinicNow(10_000);
  return (
    <>
      <Guruji {...props} />
      <Choice
        label={say("kind.availability")}
        options={(["on_break", "off", "available"] as const).map((value) => ({
          value,
          label: say(`is.${value}`),
        }))}
        value={draft.availability}
        onChange={(availability) => set({ availability })}
      />
      {draft.availability === "on_break" && (
        <Select
          label={say("howLong")}
          value={String(draft.breakMinutes)}
          among={[
            ...BREAKS.map(
              (n) => [String(n), say("forMinutes", { n, time: clock(breakEnd(now, n), zone) })] as const,
            ),
            ["0", say("noEnd")],
          ]}
          onChange={(minutes) => set({ breakMinutes: Number(minutes) })}
        />
      )}
    </>
  );
}

function Room(props: FormProps) {
  const { draft, roster, wrong, set } = props;
  const say = useWords(asks);
  const before = roster.gurujis.find(({ id }) => id === draft.guruji)?.room ?? "";
  return (
    <>
      <Guruji {...props} />
      <Field
        label={say("room")}
        autoComplete="off"
        maxLength={40}
        value={draft.room ?? before}
        wrong={wrong === "value" && say("same")}
        onChange={(event) => set({ room: event.currentTarget.value })}
      />
    </>
  );
}

function OneSetting(props: FormProps) {
  const { draft, roster, wrong, set } = props;
  const say = useWords(asks);
  const words = useWords(siteWords);
  const inWords = useSettingWords();
  const name = draft.setting;
  const before = settingOf(roster, name);
  const note = say("isNow", { value: inWords(name, before) });
  const bounds = NUMBERS.find((one) => one.name === name);
  return (
    <>
      <Select
        label={say("setting")}
        value={name}
        among={SETTINGS.map((one) => [one, words(one === "closedWeekdays" ? "closedOn" : one)])}
        onChange={(setting) => set({ setting: setting as Setting, value: null, days: null })}
      />
      {name === "closedWeekdays" ? (
        <Weekdays {...props} before={before} note={wrong === "value" ? say("same") : note} />
      ) : name === "enforceHours" ? (
        <Select
          label={say("value")}
          value={draft.value ?? String(before)}
          among={[
            ["true", say("yes")],
            ["false", say("no")],
          ]}
          note={note}
          wrong={wrong === "value" && say("same")}
          onChange={(value) => set({ value })}
        />
      ) : (
        <Field
          label={say("value")}
          autoComplete="off"
          value={draft.value ?? typedOf(name, before)}
          note={note}
          wrong={
            wrong === "value" &&
            (draft.value === null || draft.value === typedOf(name, before)
              ? say("same")
              : bounds
                ? words("between", { least: bounds.least, most: bounds.most })
                : words("timeWrong"))
          }
          onChange={(event) => set({ value: event.currentTarget.value })}
        />
      )}
    </>
  );
}

function Weekdays(props: FormProps & { before: unknown; note: string }) {
  const { draft, set, before } = props;
  const words = useWords(siteWords);
  const days: readonly unknown[] = draft.days ?? (Array.isArray(before) ? before : []);
  return (
    <fieldset className="ticks days">
      <legend className="label">{words("closedOn")}</legend>
      {WEEKDAYS.map((day) => (
        <label key={day}>
          <input
            type="checkbox"
            checked={days.includes(day)}
            onChange={(event) =>
              set({
                days: WEEKDAYS.filter((one) =>
                  one === day ? event.currentTarget.checked : days.includes(one),
                ),
              })
            }
          />{" "}
          {words(`day.${day}`)}
        </label>
      ))}
      <p className="soft note">{props.note}</p>
    </fieldset>
  );
}

function Staff({ draft, roster, wrong, set }: FormProps) {
  const say = useWords(asks);
  const one = roster.staff.find(({ id }) => id === draft.staff);
  return (
    <>
      <Select
        label={say("staff")}
        value={draft.staff}
        among={[
          ["", say("choose")],
          ...roster.staff.map(
            ({ id, name, disabled }) => [id, disabled ? say("cannotSignIn", { name }) : name] as const,
          ),
        ]}
        wrong={wrong === "staff" && say("chooseOne")}
        note={roster.staff.length === 0 && say("nobodyKnown")}
        onChange={(staff) => set({ staff })}
      />
      {one && (
        <Notice tone="heed" icon="key" title={say(one.disabled ? "staffOn" : "staffOff", { name: one.name })}>
          {!one.disabled && say("staffHow")}
        </Notice>
      )}
    </>
  );
}

function Device({ draft, roster, wrong, set }: FormProps) {
  const say = useWords(asks);
  const there = roster.devices.filter(({ state }) => state === "approved");
  return (
    <>
      <Select
        label={say("device")}
        value={draft.device}
        among={[["", say("choose")], ...there.map(({ id, name }) => [id, name] as const)]}
        wrong={wrong === "device" && say("chooseOne")}
        note={there.length === 0 && say("nobodyKnown")}
        onChange={(device) => set({ device })}
      />
      {draft.device && (
        <Notice tone="heed" icon="tablet" title={say("kind.device")}>
          {say("deviceHow")}
        </Notice>
      )}
    </>
  );
}
