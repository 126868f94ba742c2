import { gurujisOf, type PendingAction, type State } from "@sangam/sdk";
import { type KeyboardEvent, useRef } from "react";
import { useWhy } from "../blocks/actions.ts";
import { Icon, type IconName } from "../blocks/Icon.tsx";
import { Bones } from "../blocks/lines.tsx";
import { Button, Chip, Empty, Name, Notice, type Tone } from "../blocks/small.tsx";
import { useSteady } from "../blocks/steady.ts";
import { inFives } from "../desk/phone.ts";
import { useClient, useClientState, usePlace } from "../screen/client.tsx";
import { useCommon, useLanguage, useWords } from "../words/Language.tsx";
import { pending } from "../words/pending.ts";
import { clock, dayAndDate } from "../words/times.ts";
import { type Booking, isComing, slotOf } from "./bookings.ts";
import type { ReadDay } from "./bookingsOfDay.ts";
import { bookingWords } from "./bookingWords.ts";

const LOOK: Record<string, { tone: Tone; icon: IconName }> = {
  booked: { tone: "rest", icon: "calendar" },
  confirmed: { tone: "flow", icon: "check" },
  checked_in: { tone: "flow", icon: "door" },
  in_progress: { tone: "flow", icon: "play" },
  completed: { tone: "rest", icon: "check" },
  cancelled: { tone: "rest", icon: "x" },
  no_show: { tone: "rest", icon: "user-x" },
};

/** What was asked of a booking and is not settled, or was refused; the newest of it. */
function askedOf(state: State, id: string): PendingAction | null {
  const own = state.pending.filter(
    (one) => one.mine && one.data.appointment === id && one.state !== "applied",
  );
  return own[own.length - 1] ?? null;
}

/** New bookings of a day that the node has not judged, or has refused. */
function onTheWay(state: State, day: string, zone: string | undefined): readonly PendingAction[] {
  const [from, to] = [slotOf(day, "00:00", zone), slotOf(day, "23:59", zone)];
  return state.pending.filter(({ mine, type, state: now, data }) => {
    if (!mine || type !== "appointment.book" || now === "applied") return false;
    return String(data.slot) >= from && String(data.slot) <= to;
  });
}

export function BookingList(props: {
  day: string;
  read: ReadDay;
  /** There are some, though none may fit what was typed. */
  any: boolean;
  shown: readonly Booking[];
  chosen: string | null;
  onChoose(id: string): void;
}) {
  const { day, read, any, chosen, onChoose } = props;
  const place = useRef<HTMLElement>(null);
  const shown = useSteady(props.shown, place);
  const say = useWords(bookingWords);
  const common = useCommon();
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const state = useClientState();
  const said = dayAndDate(`${day}T12:00:00Z`, lang, "UTC");
  const coming = onTheWay(state, day, zone);
  const isToday = day === state.view?.day;
  function arrows(event: KeyboardEvent) {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>("button.booking")];
    const to = all[all.indexOf(event.target as HTMLElement) + step];
    if (!step || !to) return;
    event.preventDefault();
    to.focus();
    onChoose(to.dataset.booking ?? "");
  }
  return (
    <section aria-label={say("list", { day: said })} ref={place}>
      <p className="day-head">
        <strong>{said}</strong>
        <span className="soft note" role="status">
          {say("coming", { count: shown.filter(isComing).length })}
        </span>
      </p>
      {read.failed && !isToday && (
        <Notice tone="heed" icon="cloud-off" title={say("unheard")}>
          <p>{say("unheardWhy")}</p>
          <p className="actions">
            <Button icon="repeat" onClick={read.again}>
              {common("retry")}
            </Button>
          </p>
        </Notice>
      )}
      <ul>
        {coming.map((one) => (
          <OnTheWay key={one.id} one={one} />
        ))}
      </ul>
      {read.rows === null && !read.failed && !any ? (
        <Bones lines={4} />
      ) : shown.length > 0 ? (
        <ul onKeyDown={arrows}>
          {shown.map((one) => (
            <Line key={one.id} one={one} chosen={one.id === chosen} onChoose={onChoose} />
          ))}
        </ul>
      ) : any ? (
        <Empty icon="search" title={say("noMatch")}>
          {say("noMatchWhy")}
        </Empty>
      ) : (
        coming.length === 0 &&
        (isToday || !read.failed) && (
          <Empty icon="calendar" title={say("none", { day: said })}>
            {say("noneWhy")}
          </Empty>
        )
      )}
    </section>
  );
}

function Line({ one, chosen, onChoose }: { one: Booking; chosen: boolean; onChoose(id: string): void }) {
  const say = useWords(bookingWords);
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const state = useClientState();
  const guruji = gurujisOf(state).find(({ id }) => id === one.guruji);
  const asked = askedOf(state, one.id);
  const look = LOOK[one.status] ?? { tone: "rest", icon: "help" };
  return (
    <li>
      <button
        type="button"
        className={isComing(one) ? "booking" : "booking over-with"}
        data-booking={one.id}
        data-first={chosen ? "" : undefined}
        {...(chosen ? { "aria-current": true } : {})}
        onClick={() => onChoose(one.id)}
      >
        <span className="at">{clock(one.slot, zone)}</span>
        <span className="who">
          <strong>
            <Name>{one.name}</Name>
          </strong>
          <span className="soft note">{inFives(one.phone)}</span>
          {one.reminded && isComing(one) && (
            <span className="soft note">
              <Icon name="bell" />{" "}
              {say("remindedAt", {
                day: dayAndDate(one.reminded, lang, zone),
                time: clock(one.reminded, zone),
              })}
            </span>
          )}
        </span>
        <span className="soft">{guruji && <Name>{guruji.name}</Name>}</span>
        <span>
          <span className="unseen">{say("reference", { n: one.reference })}</span>
          <strong className="token" aria-hidden="true">
            {one.reference}
          </strong>
        </span>
        <span>
          {asked && asked.state !== "rejected" ? (
            <WillSend />
          ) : (
            <Chip tone={look.tone} icon={one.moved ? "transfer" : look.icon} kind="quiet">
              {one.moved ? say("movedAway") : say(`is.${one.status}` as "is.booked")}
            </Chip>
          )}
        </span>
      </button>
      {asked?.state === "rejected" && <Refused one={asked} />}
    </li>
  );
}

function WillSend() {
  const words = useWords(pending);
  return (
    <Chip tone="heed" icon="send" kind="quiet">
      {words("willSend")}
    </Chip>
  );
}

/** Why nothing came of it, beneath the booking it was asked of. */
function Refused({ one }: { one: PendingAction }) {
  const words = useWords(pending);
  const common = useCommon();
  const client = useClient();
  const why = useWhy();
  return (
    <Notice tone="alarm" icon="triangle-alert" loud title={words("refused")}>
      <p>
        {why(one)} {words("nothingChanged")}
      </p>
      <p className="actions">
        <Button onClick={() => client.retry(one.id)}>{common("retry")}</Button>
        <Button kind="bare" onClick={() => client.discard(one.id)}>
          {common("discard")}
        </Button>
      </p>
    </Notice>
  );
}

function OnTheWay({ one }: { one: PendingAction }) {
  const { zone } = usePlace();
  const client = useClientState();
  const { person, guruji, slot } = one.data as { person?: { name?: string }; guruji?: string; slot?: string };
  const healer = gurujisOf(client).find(({ id }) => id === guruji);
  return (
    <li>
      <div className="booking">
        <span className="at">{clock(slot ?? "", zone)}</span>
        <span className="who">
          <strong>{person?.name ? <Name>{person.name}</Name> : "–"}</strong>
        </span>
        <span className="soft">{healer && <Name>{healer.name}</Name>}</span>
        <span className="soft">–</span>
        <span>{one.state !== "rejected" && <WillSend />}</span>
      </div>
      {one.state === "rejected" && <Refused one={one} />}
    </li>
  );
}
