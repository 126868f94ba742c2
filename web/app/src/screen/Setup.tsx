import type { Client } from "@sangam/sdk";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Field, LanguageChoice } from "../blocks/choices.tsx";
import { Icon } from "../blocks/Icon.tsx";
import { Button, Notice } from "../blocks/small.tsx";
import { STAFF_LANGS } from "../words/catalogue.ts";
import { entry } from "../words/entry.ts";
import { useWords } from "../words/Language.tsx";
import { setup } from "../words/setup.ts";
import { clock } from "../words/times.ts";
import { Bank } from "./Bank.tsx";
import { failureOf, type NodeStatus, type SetupAnswers, setUp } from "./door.ts";
import { useNow } from "./now.ts";

type Step = "stepCode" | "stepSite" | "stepYou";

/** The first start of a node: its code, its place (a site has one, a centre does not), its first admin. */
export function Setup({ client, status }: { client: Client; status: NodeStatus }) {
  const hub = status.role === "hub";
  const say = useWords(setup);
  const said = useWords(entry);
  const steps: Step[] = hub ? ["stepCode", "stepYou"] : ["stepCode", "stepSite", "stepYou"];
  const [step, setStep] = useState<Step>("stepCode");
  const [code, setCode] = useState("");
  const [place, setPlace] = useState({
    name: status.siteName ?? "",
    timezone: status.timezone || Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const [codeWrong, setCodeWrong] = useState<string>();
  const at = steps.indexOf(step);
  const next = () => setStep(steps[at + 1] ?? step);
  const back = () => setStep(steps[at - 1] ?? step);

  async function finish(admin: SetupAnswers["admin"]): Promise<string | undefined> {
    try {
      await setUp(client, { code: code.trim(), ...(hub ? {} : { site: place }), admin });
      return undefined;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === "no_answer") return said("noAnswer");
      if (failure.code !== "unauthenticated" && failure.code !== "forbidden") {
        return said("refused", { why: failure.message });
      }
      setCodeWrong(say("codeWrong"));
      setStep("stepCode");
      return undefined;
    }
  }

  return (
    <main className="signin">
      <Bank title={say(hub ? "newCentre" : "newSite")}>
        <ol className="way">
          {steps.map((one, i) => (
            <li
              key={one}
              {...(i < at ? { className: "past" } : {})}
              {...(i === at ? { "aria-current": "step" as const } : {})}
            >
              {say(one)}
            </li>
          ))}
        </ol>
        <p className="links">
          <span>
            <strong>{say("firstStart")}</strong> {say("firstStartWhy")}
          </span>
        </p>
      </Bank>
      {step === "stepCode" && (
        <CodeStep code={code} hub={hub} wrong={codeWrong} onCode={setCode} onNext={next} />
      )}
      {step === "stepSite" && <PlaceStep place={place} onPlace={setPlace} onBack={back} onNext={next} />}
      {step === "stepYou" && <YouStep onBack={back} onFinish={finish} />}
    </main>
  );
}

/** One question: the answer is typed at once, also after the one before it. */
function Question(props: { onSubmit(event: FormEvent): void; children: ReactNode }) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  return (
    <form className="ask" ref={form} onSubmit={props.onSubmit} noValidate>
      {props.children}
    </form>
  );
}

function CodeStep(props: {
  code: string;
  hub: boolean;
  wrong: string | undefined;
  onCode(code: string): void;
  onNext(): void;
}) {
  const say = useWords(setup);
  const said = useWords(entry);
  const [missing, setMissing] = useState(false);
  const [lost, setLost] = useState(false);
  function submit(event: FormEvent) {
    event.preventDefault();
    if (props.code.trim()) props.onNext();
    else setMissing(true);
  }
  return (
    <Question onSubmit={submit}>
      <h1>{say("typeCode")}</h1>
      <p>{say("typeCodeWhy")}</p>
      <Field
        also="code-field"
        label={say("stepCode")}
        labelUnseen
        value={props.code}
        autoComplete="one-time-code"
        autoCapitalize="characters"
        spellCheck={false}
        wrong={missing && !props.code.trim() ? say("codeMissing") : props.wrong}
        onChange={(event) => props.onCode(event.currentTarget.value)}
      />
      {lost && (
        <Notice tone="rest" icon="key" title={say("codeAgain")}>
          {say("codeAgainHow")}
        </Notice>
      )}
      {!props.hub && (
        <Notice tone="flow" icon="globe" title={say("joins")}>
          {say("joinsHow")}
        </Notice>
      )}
      <Foot go={said("goOn")}>
        <Button kind="bare" aria-expanded={lost} onClick={() => setLost(true)}>
          {say("codeLost")}
        </Button>
      </Foot>
    </Question>
  );
}

interface Place {
  name: string;
  timezone: string;
}

function PlaceStep(props: { place: Place; onPlace(place: Place): void; onBack(): void; onNext(): void }) {
  const say = useWords(setup);
  const said = useWords(entry);
  const now = useNow(1000);
  const [tried, setTried] = useState(false);
  const { name, timezone } = props.place;
  const zone = validZone(timezone);
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (name.trim() && zone) props.onNext();
  }
  return (
    <Question onSubmit={submit}>
      <h1>{say("placeName")}</h1>
      <p>{say("placeNameWhy")}</p>
      <div className="form">
        <Field
          also="wide"
          label={say("name")}
          value={name}
          autoComplete="organization"
          wrong={tried && !name.trim() ? say("nameMissing") : undefined}
          onChange={(event) => props.onPlace({ name: event.currentTarget.value, timezone })}
        />
        <Field
          also="wide"
          label={say("zone")}
          icon="globe"
          value={timezone}
          list="zones"
          autoComplete="off"
          spellCheck={false}
          note={zone ? say("zoneNow", { time: clock(now, zone) }) : undefined}
          wrong={zone ? undefined : say("zoneWrong")}
          onChange={(event) => props.onPlace({ name, timezone: event.currentTarget.value })}
        />
        <datalist id="zones">
          {Intl.supportedValuesOf("timeZone").map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </div>
      <Foot go={said("goOn")} onBack={props.onBack} />
    </Question>
  );
}

function validZone(zone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone.trim() }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function YouStep(props: {
  onBack(): void;
  onFinish(admin: SetupAnswers["admin"]): Promise<string | undefined>;
}) {
  const say = useWords(setup);
  const said = useWords(entry);
  const [name, setName] = useState("");
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string>();
  const short = pin.length < 6;
  const differ = pin !== again;
  async function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!name.trim() || short || differ || busy) return;
    setBusy(true);
    setRefused(await props.onFinish({ name: name.trim(), pin }));
    setBusy(false);
  }
  return (
    <Question onSubmit={submit}>
      <h1>{say("whoLooksAfter")}</h1>
      <p>{say("firstAdmin")}</p>
      <div className="form">
        <Field
          also="wide"
          label={said("yourName")}
          value={name}
          autoComplete="name"
          wrong={tried && !name.trim() ? say("yourNameMissing") : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Field
          label={say("newPin")}
          type="password"
          value={pin}
          autoComplete="new-password"
          wrong={tried && short ? say("newPinShort") : undefined}
          onChange={(event) => setPin(event.currentTarget.value)}
        />
        <Field
          label={say("samePin")}
          type="password"
          value={again}
          autoComplete="new-password"
          wrong={(tried || again.length >= pin.length) && again && differ ? say("differ") : undefined}
          onChange={(event) => setAgain(event.currentTarget.value)}
        />
      </div>
      {refused && (
        <p className="alarm said" role="alert">
          <Icon name="triangle-alert" /> {refused}
        </p>
      )}
      <Foot go={say("finish")} onBack={props.onBack} busy={busy} />
    </Question>
  );
}

function Foot(props: { go: string; onBack?: () => void; busy?: boolean; children?: ReactNode }) {
  const say = useWords(setup);
  return (
    <div className="foot">
      {props.onBack ? (
        <Button kind="bare" onClick={props.onBack}>
          {say("back")}
        </Button>
      ) : (
        props.children
      )}
      <span className="actions">
        <LanguageChoice among={STAFF_LANGS} />
        <Button kind="main" type="submit" disabled={props.busy}>
          {props.go} <Icon name="arrow-right" />
        </Button>
      </span>
    </div>
  );
}
