import type { Shape } from "@sangam/sdk";
import { type FormEvent, useState } from "react";
import { Choice, Field } from "../blocks/choices.tsx";
import { Bones } from "../blocks/lines.tsx";
import { Button, Chip, Empty, Name } from "../blocks/small.tsx";
import { Sure } from "../desk/Sure.tsx";
import { useClient, useClientState } from "../screen/client.tsx";
import { useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { type KeptSite, type KeptSites, useAsked } from "./asked.ts";
import { work } from "./workWords.ts";
import "./work.css";

type Announcement = Shape<"Announcement">;
type Site = KeptSite;

const EVERY_MS = 5000;

/** What the sites are told, and who there has read it. */
export function Announcements() {
  const say = useWords(work);
  const client = useClient();
  const { told, unheard } = useAsked<Shape<"Announcements">>("/api/v1/announcements", EVERY_MS);
  const sites = useAsked<KeptSites>("/api/v1/sites", 60_000).told?.sites ?? [];
  const [ending, setEnding] = useState<Announcement | null>(null);
  const own = useClientState().pending.filter((one) => one.mine && one.type === "announcement.publish");
  return (
    <div className="work-page">
      <div className="columns">
        <section aria-labelledby="told">
          <h2 id="told">{say("announcements")}</h2>
          <p className="soft">{say("announcementsHow")}</p>
          {own.map((one) => (
            <article className="card told" key={one.id}>
              <h3>
                <Name>{String(one.data.title ?? "")}</Name>
              </h3>
              <Chip tone="heed" icon="send" kind="quiet">
                {say("willGo")}
              </Chip>
            </article>
          ))}
          {told === null && (unheard ? <Empty icon="cloud-off" title={say("unread")} /> : <Bones />)}
          {told?.announcements.length === 0 && own.length === 0 && (
            <Empty icon="bell" title={say("noneTold")}>
              {say("noneToldWhy")}
            </Empty>
          )}
          {told?.announcements.map((one) => (
            <Told key={one.id} one={one} sites={sites} onEnd={() => setEnding(one)} />
          ))}
        </section>
        <Write sites={sites.filter((one) => one.state === "enrolled")} />
      </div>
      {ending && (
        <Sure
          title={say("endTitle", { title: ending.title })}
          why={say("endWhy")}
          does={say("end")}
          onDo={() => client.act("announcement.withdraw", { announcement: ending.id })}
          onClose={() => setEnding(null)}
        />
      )}
    </div>
  );
}

const isOver = (one: Announcement, now: number) =>
  one.withdrawnAt !== null || (one.expiresAt !== null && Date.parse(one.expiresAt) <= now);

function Told({ one, sites, onEnd }: { one: Announcement; sites: readonly Site[]; onEnd(): void }) {
  const say = useWords(work);
  const { lang } = useLanguage();
  const meant = one.sites ?? sites.filter((site) => site.state === "enrolled").map((site) => site.id);
  const nameOf = (id: string) => sites.find((site) => site.id === id)?.name ?? "";
  const read = new Set(one.receipts.map((receipt) => receipt.site));
  const over = isOver(one, Date.now());
  return (
    <article className="card told" aria-labelledby={`told-${one.id}`}>
      <header>
        <h3 id={`told-${one.id}`}>
          <Name>{one.title}</Name>
        </h3>
        {over ? (
          <Chip tone="rest" icon="minus-circle" kind="quiet">
            {say(one.withdrawnAt ? "ended" : "expired")}
          </Chip>
        ) : (
          <Button onClick={onEnd}>{say("end")}</Button>
        )}
      </header>
      {one.body && (
        <p>
          <Name>{one.body}</Name>
        </p>
      )}
      <p className="soft note">
        {one.publishedAt &&
          say("toldAt", { when: `${dayAndDate(one.publishedAt, lang)}, ${clock(one.publishedAt)}` })}{" "}
        {one.expiresAt && !over && say("standsUntil", { day: dayAndDate(one.expiresAt, lang) })}
      </p>
      <p className="read">
        <Chip
          tone={read.size > 0 ? "flow" : "rest"}
          icon={read.size > 0 ? "check" : "hourglass"}
          kind="quiet"
        >
          {say("readAt", { n: meant.filter((id) => read.has(id)).length, of: meant.length })}
        </Chip>
      </p>
      {one.receipts.length > 0 && (
        <details>
          <summary>{say("whoRead", { count: one.receipts.length })}</summary>
          <ul className="log">
            {one.receipts.map((receipt) => (
              <li key={`${receipt.site} ${receipt.staff} ${receipt.at}`}>
                <Name>{nameOf(receipt.site)}</Name>
                {receipt.staff && (
                  <>
                    , <Name>{receipt.staff}</Name>
                  </>
                )}{" "}
                <span className="soft">
                  {receipt.at && `${dayAndDate(receipt.at, lang)}, ${clock(receipt.at)}`}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {!over && meant.some((id) => !read.has(id)) && (
        <p className="soft note">
          {say("notRead", {
            sites: meant
              .filter((id) => !read.has(id))
              .map(nameOf)
              .filter(Boolean)
              .join(", "),
          })}
        </p>
      )}
    </article>
  );
}

const DAYS = ["1", "7", "30"] as const;
type Days = (typeof DAYS)[number];

/** A new one: to all sites, or to some. What is begun stays until it is sent. */
function Write({ sites }: { sites: readonly Site[] }) {
  const say = useWords(work);
  const client = useClient();
  const [title, setTitle] = useState("");
  const [body, setBody] = useState("");
  const [days, setDays] = useState<Days>("7");
  const [some, setSome] = useState<ReadonlySet<string> | null>(null);
  const [tried, setTried] = useState(false);
  function go(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!title.trim() || some?.size === 0) return;
    client.act("announcement.publish", {
      title: title.trim(),
      ...(body.trim() ? { body: body.trim() } : {}),
      ...(some ? { target: [...some] } : {}),
      until: new Date(Date.now() + Number(days) * 86_400_000).toISOString(),
    });
    setTitle("");
    setBody("");
    setTried(false);
  }
  function pick(id: string, on: boolean) {
    const next = new Set(some);
    if (on) next.add(id);
    else next.delete(id);
    setSome(next);
  }
  return (
    <form className="card stack" onSubmit={go} noValidate aria-labelledby="write">
      <h2 id="write">{say("write")}</h2>
      <Field
        label={say("headline")}
        maxLength={200}
        autoComplete="off"
        value={title}
        wrong={tried && !title.trim() && say("headlineMissing")}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <label className="jot">
        <span className="label">{say("text")}</span>
        <textarea
          rows={4}
          maxLength={10_000}
          value={body}
          onChange={(event) => setBody(event.currentTarget.value)}
        />
      </label>
      <Choice<Days>
        label={say("howLong")}
        labelSeen
        options={DAYS.map((value) => ({ value, label: say("forDays", { count: Number(value) }) }))}
        value={days}
        onChange={setDays}
      />
      <Choice<"all" | "some">
        label={say("toWhom")}
        labelSeen
        options={[
          { value: "all", label: say("toAll") },
          { value: "some", label: say("toSome") },
        ]}
        value={some ? "some" : "all"}
        onChange={(to) => setSome(to === "all" ? null : new Set())}
      />
      {some && (
        <fieldset className="ticks">
          <legend className="unseen">{say("toSome")}</legend>
          {sites.map((site) => (
            <label key={site.id}>
              <input
                type="checkbox"
                checked={some.has(site.id)}
                onChange={(event) => pick(site.id, event.currentTarget.checked)}
              />{" "}
              <Name>{site.name}</Name>
            </label>
          ))}
          {tried && some.size === 0 && <p className="note alarm said">{say("noneChosen")}</p>}
        </fieldset>
      )}
      <p className="actions">
        <Button kind="main" icon="send" type="submit">
          {say("publish")}
        </Button>
      </p>
      <p className="soft note">{say("publishHow")}</p>
    </form>
  );
}
