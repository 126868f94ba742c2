import { gurujisOf } from "@sangam/sdk";
import { type ReactNode, useCallback, useEffect } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Qr } from "../blocks/Qr.tsx";
import { Button, Name } from "../blocks/small.tsx";
import { useClientState, usePlace } from "../screen/client.tsx";
import { useCommon, useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate, waitRange } from "../words/times.ts";
import { phoneLink } from "./equipment.ts";
import type { Slip } from "./flow.ts";
import { kiosk } from "./words.ts";

/** Prints the paper as soon as it stands, and again when asked. */
export function Printing({ slip }: { slip: Slip }) {
  const say = useWords(kiosk);
  // After the browser has drawn what it is to print.
  const print = useCallback(() => setTimeout(() => window.print(), 0), []);
  useEffect(() => {
    const timer = print();
    return () => clearTimeout(timer);
  }, [print]);
  return (
    <div className="asides">
      <p className="printing" role="status">
        <Icon name="printer" /> {say("printing")}
      </p>
      <Button onClick={print}>{say("printAgain")}</Button>
      <PaperSlip slip={slip} />
    </div>
  );
}

/** What is on the paper, 80 mm wide; on the glass it is not seen, since the same stands there larger. */
function PaperSlip({ slip }: { slip: Slip }) {
  const say = useWords(kiosk);
  const common = useCommon();
  const { lang } = useLanguage();
  const place = usePlace();
  const guruji = gurujisOf(useClientState()).find((one) => one.id === slip.guruji);
  const time = clock(slip.atMs, place.zone);
  const range = slip.longWait ? say("askDesk") : (waitRange(slip.wait, common) ?? common("notKnown"));
  return (
    <div className="on-paper" lang={lang} aria-hidden="true">
      <p className="from">
        <Name>{place.name || "Sangam"}</Name>
      </p>
      <p>
        {dayAndDate(slip.atMs, lang, place.zone)} · {time}
      </p>
      <p className="what">{say("yours")}</p>
      <p className="token">{slip.token}</p>
      {guruji && (
        <p className="whom">
          <Name>{guruji.name}</Name>
        </p>
      )}
      {guruji?.room && <p className="whom">{common("room", { room: guruji.room })}</p>}
      {slip.alone ? (
        <p className="frame">{say("aloneWhy", { time })}</p>
      ) : (
        <dl>
          <Fact term={say("beforeYou")}>
            {slip.ahead === null
              ? common("notKnown")
              : slip.ahead === 0
                ? say("noOne")
                : say("people", { count: slip.ahead })}
          </Fact>
          <Fact term={say("waitAbout")}>{range}</Fact>
        </dl>
      )}
      <p>{say(slip.alone ? "showSlip" : "whenCalled")}</p>
      {slip.link && (
        <>
          <Qr text={phoneLink(slip.link, place.others)} />
          <p>{say("scan")}</p>
        </>
      )}
    </div>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
