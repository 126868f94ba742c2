import { type Act, type AnswerData, gurujisOf, type Outcome } from "@sangam/sdk";
import { type Dispatch, type FormEvent, type SetStateAction, useState } from "react";
import { useWhy } from "../blocks/actions.ts";
import { Field } from "../blocks/choices.tsx";
import { useLate } from "../blocks/lines.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Empty, Name, Notice } from "../blocks/small.tsx";
import { desk } from "../desk/words.ts";
import { useClient, useClientState, useClinicNow, useDataAge, usePlace } from "../screen/client.tsx";
import { useLanguage, useWords } from "../words/Language.tsx";
import { pending } from "../words/pending.ts";
import { clock, dayAndDate } from "../words/times.ts";
import { BookPerson } from "./BookPerson.tsx";
import { against, type Booking, bookingsOf, bookOf, dayOf, freeTimes, slotOf } from "./bookings.ts";
import { useBookingsOf } from "./bookingsOfDay.ts";
import { bookingWords } from "./bookingWords.ts";
import {
  type BookDraft,
  MOST_TIMES,
  NO_BOOKING,
  phoneIsWrong,
  type Recurring,
  timesAreWrong,
  USUAL_TIMES,
} from "./draft.ts";
import { panels } from "./panelWords.ts";

export interface BookFormProps {
  draft: BookDraft;
  setDraft: Dispatch<SetStateAction<BookDraft>>;
  /** The booking that gets another slot; null: a new one is made. */
  moves: Booking | null;
  onBack(): void;
  /** Shows what was made, on its day. */
  onDone(day: string, id: string | null): void;
  onClose(): void;
}

type Answered = Outcome<"appointment.book">;
interface Asked {
  id: string;
  outcome: Answered | null;
}

/** Who, with whom and when; then the reference. For a booking that moves: with whom and when. */
export function BookForm(props: BookFormProps) {
  const { draft, moves, onClose } = props;
  const say = useWords(bookingWords);
  const client = useClient();
  const { zone } = usePlace();
  const [moved, setMoved] = useState<BookDraft>(() => (moves ? draftOf(moves, zone) : NO_BOOKING));
  const [asked, setAsked] = useState<Asked | null>(null);
  const [wrong, setWrong] = useState(false);
  const wish = moves ? moved : draft;
  const setWish = moves ? setMoved : props.setDraft;
  const title = moves ? say("moveTitle", { name: moves.name }) : say("bookTitle");

  function go(event: FormEvent) {
    event.preventDefault();
    if (!isWhole(wish)) return;
    if (timesAreWrong(wish)) return;
    if (phoneIsWrong(wish.phone) && !wish.person) return setWrong(true);
    follow(moves ? reschedule(moves) : client.act("appointment.book", bookOf(wish, zone)));
  }
  function reschedule({ id, status, guruji }: Booking) {
    const slot = slotOf(wish.day, wish.time, zone);
    const to = wish.guruji === guruji ? {} : { guruji: wish.guruji };
    return client.act("appointment.reschedule", { appointment: id, slot, ...to }, { saw: { status } });
  }
  function follow(act: Act<"appointment.book"> | Act<"appointment.reschedule">) {
    setAsked({ id: act.id, outcome: null });
    void act.settled.then((outcome) =>
      setAsked((now) => (now?.id === act.id ? { ...now, outcome: outcome as Answered } : now)),
    );
  }
  if (asked) {
    const refused = asked.outcome?.status === "rejected";
    const change = () => {
      void client.discard(asked.id);
      setAsked(null);
    };
    const leave = (then: () => void) => () => {
      if (refused) void client.discard(asked.id);
      else if (!moves) props.setDraft(NO_BOOKING);
      then();
    };
    const made = asked.outcome && asked.outcome.status !== "rejected" ? asked.outcome.data.appointment : null;
    return (
      <Panel
        key="answer"
        also="checkin bookings"
        title={say(refused ? "notBooked" : asked.outcome ? "bookedNow" : "asking")}
        onClose={leave(onClose)}
        foot={
          <>
            {refused && (
              <Button data-first="" onClick={change}>
                {say("change")}
              </Button>
            )}
            <span className="push" />
            {!refused && !moves && (
              <Button icon="plus" onClick={leave(() => setAsked(null))}>
                {say("another")}
              </Button>
            )}
            <Button
              kind="main"
              icon="check"
              data-first={refused ? undefined : ""}
              onClick={leave(() =>
                props.onDone(dayOf(slotOf(wish.day, wish.time, zone), zone), made ?? moves?.id ?? null),
              )}
            >
              {say("done")}
            </Button>
          </>
        }
      >
        <Answer wish={wish} moves={moves} outcome={asked.outcome} />
      </Panel>
    );
  }
  return (
    <Panel
      key="form"
      also="checkin bookings"
      title={title}
      onClose={onClose}
      foot={<FormFoot {...props} wish={wish} />}
    >
      <form id="book" className="two" onSubmit={go} autoComplete="off" noValidate>
        <div className="stack">
          {moves ? (
            <StoodAt booking={moves} />
          ) : (
            <BookPerson draft={draft} setDraft={props.setDraft} wrong={wrong} setWrong={setWrong} />
          )}
          <Healers wish={wish} setWish={setWish} />
          {!moves && (
            <Field
              label={say("reason")}
              value={wish.reason}
              maxLength={2000}
              autoComplete="off"
              onChange={(event) => setWish({ ...wish, reason: event.currentTarget.value })}
            />
          )}
        </div>
        <div className="stack">
          <When wish={wish} setWish={setWish} moves={moves} />
          {!moves && <Repeats wish={wish} setWish={setWish} />}
        </div>
      </form>
    </Panel>
  );
}

const isWhole = (wish: BookDraft) => Boolean(wish.name.trim() && wish.guruji && wish.day && wish.time);

/** HH:MM as a time field has it. */
const timeOf = (slot: string, zone: string | undefined) => clock(slot, zone).padStart(5, "0");

function draftOf(one: Booking, zone: string | undefined): BookDraft {
  const day = new Intl.DateTimeFormat("sv-SE", zone ? { timeZone: zone } : {}).format(new Date(one.slot));
  return {
    ...NO_BOOKING,
    name: one.name,
    phone: one.phone,
    person: one.person,
    guruji: one.guruji,
    day,
    time: timeOf(one.slot, zone),
  };
}

function FormFoot({ wish, moves, onBack }: BookFormProps & { wish: BookDraft }) {
  const say = useWords(bookingWords);
  const common = useWords(desk);
  const tell = useWords(panels);
  const { zone } = usePlace();
  const { offline } = useDataAge();
  const stays = moves?.slot === slotOf(wish.day, wish.time, zone) && moves.guruji === wish.guruji;
  const time = clock(slotOf(wish.day, wish.time, zone), zone);
  return (
    <>
      <Button kind="bare" onClick={onBack}>
        {common("back")}
      </Button>
      <span className="soft note push">{tell(offline ? "savedHere" : "savedAtOnce")}</span>
      <Button kind="main" icon="check" type="submit" form="book" disabled={!isWhole(wish) || stays}>
        {time ? say(moves ? "goMove" : "goBook", { time }) : say(moves ? "do.reschedule" : "book")}
      </Button>
    </>
  );
}

function StoodAt({ booking }: { booking: Booking }) {
  const say = useWords(bookingWords);
  const { lang } = useLanguage();
  const { zone } = usePlace();
  return (
    <p>
      <strong>
        <Name>{booking.name}</Name>
      </strong>
      <br />
      <span className="soft">
        {say("stoodAt", { day: dayAndDate(booking.slot, lang, zone), time: clock(booking.slot, zone) })}
      </span>
    </p>
  );
}

interface WishProps {
  wish: BookDraft;
  setWish: Dispatch<SetStateAction<BookDraft>>;
}

function Healers({ wish, setWish }: WishProps) {
  const say = useWords(bookingWords);
  const gurujis = gurujisOf(useClientState()).filter((one) => one.fields.disabled !== true);
  return (
    <fieldset className="set">
      <legend>{say("guruji")}</legend>
      <div className="small">
        {gurujis.map((one) => (
          <label className="pick" key={one.id}>
            <input
              type="radio"
              name="guruji"
              checked={wish.guruji === one.id}
              onChange={() => setWish({ ...wish, guruji: one.id })}
            />
            <Name>{one.name}</Name>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Once, or again and again at the same time of day. */
function Repeats({ wish, setWish }: WishProps) {
  const say = useWords(bookingWords);
  const { recurring } = wish;
  return (
    <div className="stack">
      <label>
        <span className="label">{say("repeats")}</span>
        <span className="field">
          <select
            value={recurring}
            onChange={(event) =>
              setWish({ ...wish, recurring: event.currentTarget.value as Recurring | "", times: "" })
            }
          >
            <option value="">{say("once")}</option>
            {(Object.keys(USUAL_TIMES) as Recurring[]).map((one) => (
              <option key={one} value={one}>
                {say(one)}
              </option>
            ))}
          </select>
        </span>
      </label>
      <Field
        label={say("times")}
        inputMode="numeric"
        autoComplete="off"
        disabled={!recurring}
        placeholder={recurring ? String(USUAL_TIMES[recurring]) : ""}
        value={wish.times}
        wrong={timesAreWrong(wish) && say("timesWrong", { most: MOST_TIMES })}
        onChange={(event) => setWish({ ...wish, times: event.currentTarget.value })}
      />
    </div>
  );
}

/** Day and time; which times are still free, and what speaks against the chosen one. */
function When({ wish, setWish, moves }: WishProps & { moves: Booking | null }) {
  const say = useWords(bookingWords);
  const state = useClientState();
  const { zone } = usePlace();
  const now = useClinicNow(10_000);
  const day = dayOf(slotOf(wish.day, wish.time, zone), zone) || wish.day;
  const read = useBookingsOf(day);
  const known = bookingsOf(state, day, read.rows ?? []);
  const asked = { ...wish, ...(moves ? { itself: moves.id } : {}) };
  const wrong = wish.guruji && wish.time ? against(state, known, asked, zone, now) : null;
  const isKnown = read.rows !== null || day === state.view?.day;
  const free = isKnown && wish.guruji && wish.day ? freeTimes(state, known, asked, zone, now) : [];
  return (
    <aside className="outlook stack when" aria-label={say("slot")}>
      <Field
        label={say("day")}
        type="date"
        min={state.view?.day ?? ""}
        data-first={moves ? "" : undefined}
        value={wish.day}
        onChange={(event) => setWish({ ...wish, day: event.currentTarget.value })}
      />
      <Field
        label={say("slot")}
        type="time"
        step={300}
        value={wish.time}
        wrong={wrong && say(`against.${wrong}`)}
        onChange={(event) => setWish({ ...wish, time: event.currentTarget.value })}
      />
      {wish.guruji && wish.day && (
        <div>
          <p className="label">{say("freeThen")}</p>
          <p className="small">
            {free.map((time) => (
              <Button key={time} aria-pressed={time === wish.time} onClick={() => setWish({ ...wish, time })}>
                {clock(slotOf(wish.day, time, zone), zone)}
              </Button>
            ))}
          </p>
          {free.length === 0 && (isKnown || read.failed) && (
            <p className="soft note">{say(isKnown ? "noneFree" : "freeUnknown")}</p>
          )}
        </div>
      )}
    </aside>
  );
}

function Answer(props: { wish: BookDraft; moves: Booking | null; outcome: Answered | null }) {
  const { wish, moves, outcome } = props;
  const say = useWords(bookingWords);
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const late = useLate(300);
  const state = useClientState();
  if (!outcome) {
    return late ? (
      <Empty icon="send" title={say("later")}>
        {say("laterWhy")}
      </Empty>
    ) : (
      <div className="got waiting" />
    );
  }
  if (outcome.status === "rejected") return <Why {...props} error={outcome.error} />;
  const guruji = gurujisOf(state).find(({ id }) => id === wish.guruji);
  const slot = slotOf(wish.day, wish.time, zone);
  return (
    <div className="got waiting">
      <section className="mine" aria-label={say("bookedNow")}>
        <p className="label">
          <Name>{wish.name.trim()}</Name>
        </p>
        <p className="token reference" role="status">
          {outcome.data.reference ?? moves?.reference}
        </p>
        <p className="soft">{say("tellThem")}</p>
        <h3>
          {dayAndDate(slot, lang, zone)}, {clock(slot, zone)}
          {guruji && (
            <>
              {" · "}
              <Name>{guruji.name}</Name>
            </>
          )}
        </h3>
        <Series answer={outcome.data} />
      </section>
    </div>
  );
}

/** How many of a series were booked, and which of them were not free. */
function Series({ answer }: { answer: AnswerData<"appointment.book"> }) {
  const say = useWords(bookingWords);
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const appointments = answer.appointments ?? [];
  const skipped = answer.skipped ?? [];
  if (appointments.length + skipped.length < 2) return null;
  return (
    <>
      <p>{say("seriesBooked", { count: appointments.length })}</p>
      {skipped.length > 0 && (
        <>
          <p className="label">{say("skipped")}</p>
          <ul>
            {skipped.map(({ slot }) => (
              <li key={slot}>
                {dayAndDate(slot, lang, zone)}, {clock(slot, zone)}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** Why the slot was not given: by what this screen knows of that day, else in the node's own words. */
function Why(props: {
  wish: BookDraft;
  moves: Booking | null;
  error: Parameters<ReturnType<typeof useWhy>>[0]["error"];
}) {
  const { wish, moves, error } = props;
  const say = useWords(bookingWords);
  const words = useWords(pending);
  const why = useWhy();
  const state = useClientState();
  const { zone } = usePlace();
  const now = useClinicNow(10_000);
  const day = dayOf(slotOf(wish.day, wish.time, zone), zone) || wish.day;
  const read = useBookingsOf(day);
  const asked = { ...wish, ...(moves ? { itself: moves.id } : {}) };
  const known = bookingsOf(state, day, read.rows ?? []);
  const reason = error?.code === "not_allowed" ? against(state, known, asked, zone, now) : null;
  return (
    <Notice
      tone="alarm"
      icon="triangle-alert"
      loud
      title={reason ? say(`against.${reason}`) : why(error ? { error } : {})}
    >
      <p>{words("nothingChanged")}</p>
    </Notice>
  );
}
