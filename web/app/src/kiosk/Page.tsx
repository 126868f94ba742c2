import { type CSSProperties, type ReactNode, useEffect, useRef } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { useLate } from "../blocks/lines.tsx";
import { Name } from "../blocks/small.tsx";
import { useClinicNow, usePlace } from "../screen/client.tsx";
import { useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { kiosk } from "./words.ts";

export const CLEARS_AFTER_S = 20;

/** Where, what day, what time: on top of every page. */
function Top() {
  const place = usePlace();
  const { lang } = useLanguage();
  const now = useClinicNow(1000);
  return (
    <header>
      <p className="brand">
        <Icon name="sangam" /> <Name>{place.name || "Sangam"}</Name>
      </p>
      <p className="soft">
        {dayAndDate(now, lang, place.zone)} · {clock(now, place.zone)}
      </p>
    </header>
  );
}

/** A new page is a new question: focus and the screen reader begin at its top. */
export function Page(props: { also?: string; children: ReactNode }) {
  const page = useRef<HTMLElement>(null);
  const say = useWords(kiosk);
  const { lang } = useLanguage();
  useEffect(() => page.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    document.title = say("title");
  }, [say]);
  return (
    <main className={props.also ? `step ${props.also}` : "step"} lang={lang} ref={page} tabIndex={-1}>
      <Top />
      {props.children}
    </main>
  );
}

/** For how long what stands here is kept. */
export function Clears({ left, of }: { left: number; of: number }) {
  const say = useWords(kiosk);
  return (
    <p className="clears soft" role="timer">
      <span className="meter" style={{ "--left": `${Math.round((100 * left) / of)}%` } as CSSProperties} />
      {say("clears", { count: left })}
    </p>
  );
}

/** The answer is nearly always faster than this. */
export function OneMoment() {
  const say = useWords(kiosk);
  if (!useLate(300)) return null;
  return (
    <span className="moment" role="status">
      <Icon name="hourglass" /> {say("oneMoment")}
    </span>
  );
}
