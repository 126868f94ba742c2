import { gurujisOf } from "@sangam/sdk";
import { type Dispatch, type SetStateAction, useEffect, useRef, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button } from "../blocks/small.tsx";
import { Sure } from "../desk/Sure.tsx";
import { useClient, useClientState, useClinicNow, usePlace } from "../screen/client.tsx";
import { useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { BookForm } from "./BookForm.tsx";
import { BookingList } from "./BookingList.tsx";
import {
  type Booking,
  type BookingRow,
  bookingsOf,
  type Deed,
  dayAfter,
  deedsOf,
  matching,
} from "./bookings.ts";
import { useBookingsOf } from "./bookingsOfDay.ts";
import { bookingWords } from "./bookingWords.ts";
import type { BookDraft } from "./draft.ts";
import type { Known } from "./people.ts";
import "./bookings.css";

export interface BookingsProps {
  draft: BookDraft;
  setDraft: Dispatch<SetStateAction<BookDraft>>;
  onCheckIn(known: Known): void;
  onClose(): void;
}

type At =
  | { step: "list" }
  | { step: "book" }
  | { step: "reschedule" | "cancel" | "no_show"; booking: Booking };

/** The bookings of a day above the desk: found, made, confirmed, moved, cancelled, and checked in. */
export function Bookings(props: BookingsProps) {
  const { draft, setDraft, onClose } = props;
  const say = useWords(bookingWords);
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const client = useClient();
  const state = useClientState();
  const today = state.view?.day ?? "";
  const [at, setAt] = useState<At>({ step: "list" });
  const [day, setDay] = useState(today);
  const [chosen, setChosen] = useState<string | null>(null);
  const list = () => setAt({ step: "list" });

  function doIt(deed: Deed, booking: Booking) {
    const { id, name, phone, person, slot, guruji, status } = booking;
    if (deed === "check_in") {
      const appointment = { id, slot, guruji: guruji || null };
      return props.onCheckIn({ id, person: person || null, name, phone, entry: null, appointment });
    }
    if (deed === "remind") return client.act("appointment.remind", { appointment: id }, { saw: { status } });
    if (deed !== "confirm") return setAt({ step: deed, booking });
    ask("appointment.confirm", booking, "confirmed");
  }
  function ask(
    type: "appointment.confirm" | "appointment.cancel" | "appointment.no_show",
    one: Booking,
    becomes: string,
  ) {
    client.act(
      type,
      { appointment: one.id },
      {
        saw: { status: one.status },
        optimistic: { kind: "appointment", id: one.id, fields: { status: becomes } },
      },
    );
  }

  if (at.step === "cancel" || at.step === "no_show") {
    const { booking, step } = at;
    const why = {
      day: dayAndDate(booking.slot, lang, zone),
      time: clock(booking.slot, zone),
      n: booking.reference,
    };
    return (
      <Sure
        key="sure"
        title={say(step === "cancel" ? "sureCancel" : "sureNoShow", { name: booking.name })}
        why={say("sureWhy", why)}
        does={say(`do.${step}`)}
        calm={step === "no_show"}
        onDo={() => ask(`appointment.${step}`, booking, step === "cancel" ? "cancelled" : "no_show")}
        onClose={list}
      />
    );
  }
  if (at.step === "book" || at.step === "reschedule") {
    return (
      <BookForm
        key={at.step}
        draft={draft}
        setDraft={setDraft}
        moves={at.step === "reschedule" ? at.booking : null}
        onBack={list}
        onDone={(to, id) => {
          setDay(to);
          setChosen(id);
          list();
        }}
        onClose={onClose}
      />
    );
  }
  return (
    <DayPanel
      day={day}
      today={today}
      setDay={(to) => {
        if (to) setDay(to);
        setChosen(null);
      }}
      chosen={chosen}
      choose={setChosen}
      onDo={doIt}
      onBook={() => {
        setDraft({ ...draft, day });
        setAt({ step: "book" });
      }}
      onClose={onClose}
    />
  );
}

interface DayProps {
  day: string;
  today: string;
  setDay(day: string): void;
  chosen: string | null;
  choose(id: string): void;
  onDo(deed: Deed, booking: Booking): void;
  onBook(): void;
  onClose(): void;
}

function DayPanel(props: DayProps) {
  const { day, today, setDay, chosen, onClose } = props;
  const say = useWords(bookingWords);
  const state = useClientState();
  const read = useBookingsOf(day);
  const [typed, setTyped] = useState("");
  const [guruji, setGuruji] = useState("");
  const all = bookingsOf(state, day, read.rows ?? []);
  const shown = matching(all, typed, guruji);
  const one = shown.find(({ id }) => id === chosen) ?? null;
  const body = useRef<HTMLDivElement>(null);
  return (
    <Panel also="bookings" title={say("bookings")} onClose={onClose} foot={<Foot {...props} one={one} />}>
      <div ref={body}>
        <div className="sieve">
          <Button
            icon="arrow-right"
            also="back"
            aria-label={say("before")}
            onClick={() => setDay(dayAfter(day, -1))}
          />
          <Field
            label={say("day")}
            labelUnseen
            type="date"
            value={day}
            onChange={(event) => setDay(event.currentTarget.value)}
          />
          <Button icon="arrow-right" aria-label={say("after")} onClick={() => setDay(dayAfter(day, 1))} />
          <Button disabled={day === today} onClick={() => setDay(today)}>
            {say("today")}
          </Button>
          <label>
            <span className="unseen">{say("guruji")}</span>
            <span className="field">
              <select value={guruji} onChange={(event) => setGuruji(event.currentTarget.value)}>
                <option value="">{say("everyGuruji")}</option>
                {gurujisOf(state).map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </span>
          </label>
          <Field
            also="search"
            label={say("find")}
            labelUnseen
            icon="search"
            placeholder={say("find")}
            data-first={chosen ? undefined : ""}
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={(event) => {
              const [first] = shown;
              if (event.key !== "Enter" && event.key !== "ArrowDown") return;
              event.preventDefault();
              if (first) props.choose(first.id);
              body.current?.querySelector<HTMLElement>("button.booking")?.focus();
            }}
          />
        </div>
        <BookingList
          key={day}
          day={day}
          read={read}
          any={all.length > 0}
          shown={shown}
          chosen={chosen}
          onChoose={props.choose}
        />
      </div>
    </Panel>
  );
}

function Foot({ day, today, one, onDo, onBook }: DayProps & { one: Booking | null }) {
  const say = useWords(bookingWords);
  const now = useClinicNow(10_000);
  const deeds = one ? deedsOf(one, day, today, now) : [];
  return (
    <>
      {!one && <span className="soft note">{say("choose")}</span>}
      {one && deeds.length === 0 && <span className="soft note">{say("endedNote")}</span>}
      {one &&
        deeds.map((deed) => (
          <Button key={deed} icon={ICON_OF[deed]} onClick={() => onDo(deed, one)}>
            {say(`do.${deed}`)}
          </Button>
        ))}
      <span className="push" />
      <Button kind="main" icon="plus" onClick={onBook}>
        {say("book")}
      </Button>
    </>
  );
}

const ICON_OF = {
  remind: "bell",
  check_in: "door",
  confirm: "check",
  reschedule: "transfer",
  no_show: "user-x",
  cancel: "x",
} as const;
