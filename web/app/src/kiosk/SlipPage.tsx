import { gurujisOf } from "@sangam/sdk";
import type { CSSProperties, ReactNode } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Qr } from "../blocks/Qr.tsx";
import { Button, Name } from "../blocks/small.tsx";
import { useClientState, usePlace } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { clock, waitRange } from "../words/times.ts";
import { has, phoneLink } from "./equipment.ts";
import type { Slip } from "./flow.ts";
import { Clears, Page } from "./Page.tsx";
import { Printing } from "./PaperSlip.tsx";
import { kiosk } from "./words.ts";

/** The token, an honest place and range, and how to follow it. Clears by itself and says when. */
export function SlipPage({
  slip,
  left,
  of,
  onDone,
}: {
  slip: Slip;
  left: number;
  of: number;
  onDone(): void;
}) {
  const say = useWords(kiosk);
  const guruji = gurujisOf(useClientState()).find((one) => one.id === slip.guruji);
  const printer = has("printer");
  return (
    <Page also={slip.alone ? "slip alone" : "slip"}>
      <section className="paper" aria-labelledby="yours">
        <h1 id="yours">{say("yours")}</h1>
        <p className="token" style={{ "--letters": Math.max(4, slip.token.length) } as CSSProperties}>
          {slip.token}
        </p>
        {guruji && (
          <p className="healer-name">
            <Name>{guruji.name}</Name>
          </p>
        )}
        {slip.alone ? <AloneFacts slip={slip} /> : <Facts slip={slip} room={guruji?.room ?? null} />}
      </section>
      {slip.alone ? <TellDesk printer={printer} /> : <Follow link={slip.link} />}
      {printer && <Printing slip={slip} />}
      <Button kind="main" also="done" icon="check" onClick={onDone}>
        {say("done")}
      </Button>
      <Clears left={left} of={of} />
    </Page>
  );
}

function Fact({ term, children, soft }: { term: string; children: ReactNode; soft?: boolean }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd className={soft ? "soft" : undefined}>{children}</dd>
    </div>
  );
}

function Facts({ slip, room }: { slip: Slip; room: string | null }) {
  const say = useWords(kiosk);
  const common = useCommon();
  const ahead =
    slip.ahead === null
      ? common("notKnown")
      : slip.ahead === 0
        ? say("noOne")
        : say("people", { count: slip.ahead });
  const long = slip.longWait;
  const range = long ? say("askDesk") : (waitRange(slip.wait, common) ?? common("notKnown"));
  return (
    <>
      <dl>
        <Fact term={say("beforeYou")} soft={slip.ahead === null}>
          {ahead}
        </Fact>
        <Fact term={say("waitAbout")} soft={!slip.wait || long}>
          {range}
        </Fact>
        <Fact term={say("where")}>{room ? common("room", { room }) : say("seeBoard")}</Fact>
      </dl>
      <p className="call">
        <Icon name="volume" /> {say("whenCalled")}
      </p>
    </>
  );
}

function AloneFacts({ slip }: { slip: Slip }) {
  const say = useWords(kiosk);
  const common = useCommon();
  const { zone } = usePlace();
  const time = clock(slip.atMs, zone);
  return (
    <>
      <dl>
        <Fact term={say("yourTime")}>{say("fromTime", { time })}</Fact>
        <Fact term={say("beforeYou")} soft>
          {common("notKnown")}
        </Fact>
        <Fact term={say("where")}>{say("deskFirst")}</Fact>
      </dl>
      <p className="call">{say("aloneWhy", { time })}</p>
    </>
  );
}

function TellDesk({ printer }: { printer: boolean }) {
  const say = useWords(kiosk);
  return (
    <section className="todo" aria-labelledby="todo">
      <Icon name="file-text" />
      <h2 id="todo">{say(printer ? "showSlip" : "showToken")}</h2>
      <p>{say("showTokenWhy")}</p>
    </section>
  );
}

function Follow({ link }: { link: string | null }) {
  const say = useWords(kiosk);
  const { others } = usePlace();
  if (!link) {
    return (
      <p className="follow-none soft">
        <Icon name="phone" /> {say("remember")}
      </p>
    );
  }
  const address = phoneLink(link, others);
  return (
    <section className="follow">
      <Qr text={address} />
      <div>
        <h2>{say("onPhone")}</h2>
        <p className="soft">{say("scan")}</p>
        <p className="address">{new URL(address).host}</p>
      </div>
    </section>
  );
}
