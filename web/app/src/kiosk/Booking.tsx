import { useState } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Button } from "../blocks/small.tsx";
import { useWords } from "../words/Language.tsx";
import { has } from "./equipment.ts";
import { CLEARS_AFTER_S, Page } from "./Kiosk.tsx";
import { Clears } from "./SlipPage.tsx";
import { kiosk } from "./words.ts";

/** A booking has six digits; nobody's telephone number is as short, or longer than fifteen. */
const LEAST = 6;
const MOST = 15;
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** Somebody with an appointment types the number of their booking, or the telephone number it was made under. */
export function Booking({
  busy,
  left,
  onNumber,
  onBack,
}: {
  busy: boolean;
  left: number;
  onNumber(digits: string): void;
  onBack(): void;
}) {
  const say = useWords(kiosk);
  const [typed, setTyped] = useState("");
  const add = (digit: string) => setTyped((was) => (was.length < MOST ? was + digit : was));
  const key = (digit: string) => (
    <Button key={digit} disabled={busy} onClick={() => add(digit)}>
      {digit}
    </Button>
  );
  const ready = typed.length >= LEAST && !busy;
  return (
    <Page also="aside booking">
      <section className="when">
        <h1>{say("numberGo")}</h1>
        <p className="soft">
          {say("numberWhy")} {has("reader") && say("readerToo")}
        </p>
      </section>
      <output className="number" aria-live="polite">
        {typed || <span className="soft">{say("numberHint")}</span>}
      </output>
      <fieldset className="pad" aria-label={say("digits")}>
        {DIGITS.map(key)}
        <Button
          icon="backspace"
          aria-label={say("takeBack")}
          disabled={busy || typed === ""}
          onClick={() => setTyped((was) => was.slice(0, -1))}
        />
        {key("0")}
        <Button kind="main" disabled={!ready} aria-label={say("checkMeIn")} onClick={() => onNumber(typed)}>
          <Icon name={busy ? "hourglass" : "arrow-right"} />
        </Button>
      </fieldset>
      <Button also="done" onClick={onBack}>
        {say("back")}
      </Button>
      <Clears left={left} of={CLEARS_AFTER_S} />
    </Page>
  );
}
