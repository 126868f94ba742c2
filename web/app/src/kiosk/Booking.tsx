import { useState } from "react";
import { Button } from "../blocks/small.tsx";
import { useWords } from "../words/Language.tsx";
import { has } from "./equipment.ts";
import { CLEARS_AFTER_S, Clears, OneMoment, Page } from "./Page.tsx";
import { kiosk } from "./words.ts";

/** The reference of a booking has so many digits, and no telephone number has as few. */
const REFERENCE = 6;
const PHONE = 10;
/** With the country's code, however it is written. */
const MOST = 14;

/** An appointment is checked in by the number it was booked with, by its reference, or by its code at the reader. */
export function Booking(props: {
  busy: boolean;
  left: number;
  onNumber(digits: string): void;
  onBack(): void;
}) {
  const say = useWords(kiosk);
  const [typed, setTyped] = useState("");
  const whole = typed.length === REFERENCE || typed.length >= PHONE;
  const type = (digit: string) => setTyped((was) => (was + digit).slice(0, MOST));
  return (
    <Page also="aside booking">
      <section className="when">
        <h1>{say("bookingAsk")}</h1>
        <p className="soft">{say("bookingWhy")}</p>
      </section>
      <div className="number">
        <output aria-label={say("bookingAsk")}>
          {typed.length > REFERENCE ? `${typed.slice(0, 5)} ${typed.slice(5)}` : typed}
        </output>
        <Digits
          whole={whole && !props.busy}
          onDigit={type}
          onTakeBack={() => setTyped((was) => was.slice(0, -1))}
          onGo={() => props.onNumber(typed)}
        />
        {props.busy ? (
          <OneMoment />
        ) : (
          <p className="soft">{say(has("reader") ? "bookingReader" : "bookingDesk")}</p>
        )}
      </div>
      <Button also="done" onClick={props.onBack}>
        {say("back")}
      </Button>
      <Clears left={props.left} of={CLEARS_AFTER_S} />
    </Page>
  );
}

function Digits(props: { whole: boolean; onDigit(digit: string): void; onTakeBack(): void; onGo(): void }) {
  const say = useWords(kiosk);
  const digit = (d: string) => (
    <Button key={d} onClick={() => props.onDigit(d)}>
      {d}
    </Button>
  );
  return (
    <fieldset className="pad" aria-label={say("digits")}>
      {["1", "2", "3", "4", "5", "6", "7", "8", "9"].map(digit)}
      <Button onClick={props.onTakeBack} aria-label={say("takeBack")} icon="backspace" />
      {digit("0")}
      <Button
        {...(props.whole ? { kind: "main" as const } : {})}
        disabled={!props.whole}
        onClick={props.onGo}
        aria-label={say("bookingGo")}
        icon="arrow-right"
      />
    </fieldset>
  );
}
