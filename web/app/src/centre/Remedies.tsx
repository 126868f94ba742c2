import { rowsOf } from "@sangam/sdk";
import { type FormEvent, useState } from "react";
import { Choice, Field } from "../blocks/choices.tsx";
import { Button, Chip, Empty, Name, Switch } from "../blocks/small.tsx";
import { useClient, useClientState } from "../screen/client.tsx";
import { LANG_NAMES, LANGS, type Lang } from "../words/catalogue.ts";
import { useWords } from "../words/Language.tsx";
import { rules } from "./ruleWords.ts";
import { NEW, type Template, TYPES, templateData, templatesOf } from "./templates.ts";
import "./work.css";

/** What the centre gives every site: remedies that gurujis find by name, and rules. */
export function Remedies() {
  const say = useWords(rules);
  const templates = templatesOf(useClientState());
  const [typed, setTyped] = useState("");
  const [edited, setEdited] = useState<Template | null>(null);
  const asked = typed.trim().toLocaleLowerCase("en");
  const shown = templates.filter((one) => one.name.toLocaleLowerCase("en").includes(asked));
  return (
    <div className="work-page">
      <div className="columns">
        <section aria-labelledby="templates">
          <h2 id="templates">{say("templates")}</h2>
          <p className="soft">{say("templatesHow")}</p>
          {templates.length === 0 ? (
            <Empty icon="leaf" title={say("noTemplates")}>
              {say("noTemplatesWhy")}
            </Empty>
          ) : (
            <>
              <Field
                label={say("find")}
                labelUnseen
                icon="search"
                type="search"
                placeholder={say("find")}
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
              {shown.length === 0 && <p className="soft">{say("noneSuch", { text: typed.trim() })}</p>}
              <List shown={shown} edited={edited?.id ?? ""} onEdit={setEdited} />
            </>
          )}
        </section>
        <div className="stack">
          <Editor key={edited?.id ?? ""} given={edited ?? NEW} onDone={() => setEdited(null)} />
          <Rules />
        </div>
      </div>
    </div>
  );
}

function List(props: { shown: readonly Template[]; edited: string; onEdit(one: Template): void }) {
  const say = useWords(rules);
  return (
    <ul className="templates">
      {props.shown.map((one) => (
        <li key={one.id} {...(one.id === props.edited ? { "aria-current": true as const } : {})}>
          <div>
            <strong>
              <Name>{one.name}</Name>
            </strong>
            <p className="soft note">
              {[say(`type.${one.type}`), one.dosage, one.days > 0 && say("forDays", { count: one.days })]
                .filter(Boolean)
                .join(" · ")}
            </p>
          </div>
          {one.sent ? (
            <Chip tone="heed" icon="send" kind="quiet">
              {say("willSend")}
            </Chip>
          ) : (
            one.disabled && (
              <Chip tone="rest" icon="minus-circle" kind="quiet">
                {say("notOffered")}
              </Chip>
            )
          )}
          <Button
            aria-label={`${say("change")}: ${one.name}`}
            disabled={one.sent}
            onClick={() => props.onEdit(one)}
          >
            {say("change")}
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** A new remedy, or all of a known one. */
function Editor({ given, onDone }: { given: Template; onDone(): void }) {
  const say = useWords(rules);
  const client = useClient();
  const [one, setOne] = useState(given);
  const [tried, setTried] = useState(false);
  const known = given.id !== "";
  const set = (over: Partial<Template>) => setOne({ ...one, ...over });
  function go(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!one.name.trim()) return;
    client.act("template.save", templateData(one));
    setOne(NEW);
    setTried(false);
    onDone();
  }
  return (
    <form className="card stack" onSubmit={go} noValidate aria-labelledby="template">
      <h2 id="template">{known ? <Name>{given.name}</Name> : say("newTemplate")}</h2>
      <Field
        label={say("name")}
        maxLength={200}
        autoComplete="off"
        value={one.name}
        wrong={tried && !one.name.trim() && say("nameMissing")}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <div className="pair">
        <label>
          <span className="label">{say("kind")}</span>
          <span className="field">
            <select
              value={one.type}
              onChange={(event) => set({ type: event.currentTarget.value as Template["type"] })}
            >
              {TYPES.map((type) => (
                <option key={type} value={type}>
                  {say(`type.${type}`)}
                </option>
              ))}
            </select>
          </span>
        </label>
        <Field
          label={say("days")}
          inputMode="numeric"
          value={one.days > 0 ? String(one.days) : ""}
          onChange={(event) =>
            set({ days: Math.min(Number(event.currentTarget.value.replace(/\D/g, "")), 3650) })
          }
        />
      </div>
      <Field
        label={say("dosage")}
        maxLength={2000}
        autoComplete="off"
        value={one.dosage}
        onChange={(event) => set({ dosage: event.currentTarget.value })}
      />
      <label className="jot">
        <span className="label">{say("instructions")}</span>
        <textarea
          rows={3}
          maxLength={20_000}
          value={one.instructions}
          onChange={(event) => set({ instructions: event.currentTarget.value })}
        />
      </label>
      <Choice<Lang>
        label={say("language")}
        options={LANGS.map((value) => ({ value, label: LANG_NAMES[value], lang: value }))}
        value={one.language}
        onChange={(language) => set({ language })}
      />
      {known && (
        <Switch on={!one.disabled} onChange={(on) => set({ disabled: !on })}>
          {say("offered")}
        </Switch>
      )}
      <p className="actions">
        <Button kind="main" icon="check" type="submit">
          {say("save")}
        </Button>
        {known && (
          <Button kind="bare" onClick={onDone}>
            {say("cancel")}
          </Button>
        )}
      </p>
      <p className="soft note">{say("saveHow")}</p>
    </form>
  );
}

/** What every site must keep to. */
function Rules() {
  const say = useWords(rules);
  const client = useClient();
  const state = useClientState();
  const value = (name: string) =>
    [...rowsOf(state, "policy").values()].find(({ fields }) => fields.name === name)?.fields.value;
  const sent = new Set(
    state.pending
      .filter((one) => one.mine && one.state !== "rejected" && one.type === "policy.save")
      .map((one) => one.data.name),
  );
  const notice = String(value("consentNotice") ?? "");
  const [typed, setTyped] = useState<string | null>(null);
  const save = (name: string, to: unknown) => client.act("policy.save", { name, value: to });
  function go(event: FormEvent) {
    event.preventDefault();
    if (typed?.trim()) save("consentNotice", typed.trim());
    setTyped(null);
  }
  return (
    <section className="card stack" aria-labelledby="rules">
      <h2 id="rules">{say("rules")}</h2>
      <p className="soft">{say("rulesHow")}</p>
      <div>
        <Switch
          on={value("healthTextStays") === true}
          disabled={sent.has("healthTextStays")}
          onChange={(on) => save("healthTextStays", on)}
        >
          {say("healthTextStays")}
        </Switch>
        <p className="soft note">{say("healthTextStaysHow")}</p>
      </div>
      <form className="pair" onSubmit={go}>
        <Field
          label={say("consentNotice")}
          note={say("consentNoticeHow")}
          maxLength={40}
          autoComplete="off"
          value={typed ?? notice}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {typed !== null && typed.trim() !== "" && typed.trim() !== notice && (
          <Button type="submit" icon="check">
            {say("save")}
          </Button>
        )}
      </form>
      {sent.size > 0 && (
        <p>
          <Chip tone="heed" icon="send" kind="quiet">
            {say("willSend")}
          </Chip>
        </p>
      )}
    </section>
  );
}
