// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

vi.mock("react", () => import("preact/compat"));
vi.mock("react-dom", () => import("preact/compat"));
vi.mock("react/jsx-runtime", () => import("preact/jsx-runtime"));
vi.mock("react/jsx-dev-runtime", () => import("preact/jsx-runtime"));

import { keepEquipment, phoneLink } from "../src/kiosk/equipment.ts";
import { Kiosk } from "../src/kiosk/Kiosk.tsx";
import { Screen } from "../src/screen/Screen.tsx";
import { FakeClient } from "./fakeClient.ts";
import { clinicView, DAY } from "./fixtures.ts";

const answer = {
  entry: "e",
  token: "B053",
  guruji: "g2",
  position: 14,
  ahead: 13,
  wait: { low: 55, high: 80 },
  link: "/patient#t=abc",
};
const lease = { lease: "l", day: DAY, prefix: "K2", from: 7, to: 8 };

let client: FakeClient;
const page = () => document.getElementById("app") as HTMLElement;
const text = () => page().textContent ?? "";
const pass = (ms: number) =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });

async function open(with_ = new FakeClient()) {
  client = with_;
  render(null, page() ?? document.body);
  document.body.innerHTML = '<div id="app"></div>';
  await act(() =>
    render(
      <Screen
        name="kiosk"
        view="kiosk"
        entry="kiosk"
        firstLang="hi"
        remember={false}
        client={client.asClient}
      >
        <Kiosk />
      </Screen>,
      page(),
    ),
  );
  await pass(0);
}

async function tap(what: string) {
  const buttons = [...page().querySelectorAll("button")];
  const button = buttons.find((one) => one.textContent?.includes(what));
  if (!button)
    throw new Error(`no button says ${what}: ${buttons.map((one) => one.textContent).join(" | ")}`);
  await act(async () => button.click());
  await pass(0);
}

/** A reader of codes is a keyboard that types ten times faster than people. */
async function read(code: string, everyMs = 8) {
  const keys = [...code, "Enter"];
  const events: KeyboardEvent[] = [];
  for (const key of keys) {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    events.push(event);
    await act(() => void (document.activeElement ?? document.body).dispatchEvent(event));
    await pass(everyMs);
  }
  return events.at(-1) as KeyboardEvent;
}

const english = () => tap("English");
const checkIns = () => client.of("queue.check_in");
const grant = async () => {
  client.of("queue.lease_tokens")[0]?.answer(lease);
  await pass(0);
};

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});
afterEach(() => {
  render(null, page());
  vi.useRealTimers();
});

describe("the kiosk", () => {
  it("turns one tap into a token with its place, its range and a code for the phone", async () => {
    await open();
    await english();
    expect(text()).toContain("Who would you like to see?");
    await tap("Shri Vasudev Maharaj");
    expect(checkIns().map((one) => one.data)).toEqual([{ language: "en", guruji: "g2" }]);
    checkIns()[0]?.answer(answer);
    await pass(0);
    for (const said of ["Your token", "B053", "Shri Vasudev Maharaj", "13 people", "55–80 min", "Room 2"])
      expect(text()).toContain(said);
    expect(page().querySelector("svg.qr path")?.getAttribute("d")).toMatch(/^M/);
  });

  it("names the address that phones find, where it was told one, and that of the box elsewhere", async () => {
    const link = () => phoneLink("/patient#t=abc", "http://box.local:8080");
    keepEquipment("?phones=http://sangam.local");
    expect(link()).toBe("http://sangam.local/patient#t=abc");
    for (const said of ["?phones=nonsense", "?phones="]) {
      keepEquipment(said);
      expect(link()).toBe("http://box.local:8080/patient#t=abc");
    }
  });

  it("leaves the choice of the guruji to the node for whoever is free first", async () => {
    await open();
    await tap("जिनका इंतज़ार सबसे कम हो");
    expect(checkIns()[0]?.data).toEqual({ language: "hi" });
  });

  it("asks once, however often it is tapped", async () => {
    await open();
    await english();
    const cards = page().querySelectorAll<HTMLButtonElement>(".healer");
    await act(async () => {
      cards[1]?.click();
      cards[1]?.click();
    });
    await act(async () => cards[2]?.click());
    expect(checkIns()).toHaveLength(1);
  });

  it("clears itself, says when, and forgets token and language", async () => {
    await open();
    await english();
    await tap("Shri Vasudev Maharaj");
    checkIns()[0]?.answer(answer);
    await pass(0);
    expect(text()).toContain("This screen clears in 20 seconds");
    await pass(12_000);
    expect(text()).toContain("This screen clears in 8 seconds");
    await pass(9_000);
    expect(text()).toContain("आप किनसे मिलना चाहते हैं?");
    expect(document.documentElement.outerHTML).not.toContain("B053");
  });

  it("starts the countdown anew at a touch", async () => {
    await open();
    await tap("Shri Vasudev Maharaj");
    checkIns()[0]?.answer(answer);
    await pass(15_000);
    await act(() => {
      window.dispatchEvent(new Event("pointerdown"));
    });
    await pass(15_000);
    expect(text()).toContain("B053");
  });

  it("gives a token of its own lease while the box is not heard, and says what is not known", async () => {
    await open();
    await grant();
    await english();
    await act(async () => client.connect("offline"));
    await tap("Shri Vasudev Maharaj");
    for (const said of ["K2-07", "from 10:24", "not known", "desk first"]) expect(text()).toContain(said);
    expect(text()).not.toMatch(/\d+–\d+ min/);
    expect(page().querySelector("svg.qr")).toBeNull();
    expect(checkIns().map((one) => one.data)).toEqual([{ token: "K2-07", language: "en", guruji: "g2" }]);
  });

  it("never gives a token of its lease twice, whatever restarts, and none when it is used up", async () => {
    await open();
    await grant();
    await act(async () => client.connect("offline"));
    await tap("Shri Vasudev Maharaj");
    expect(text()).toContain("K2-07");
    const again = new FakeClient();
    again.connect("offline");
    await open(again);
    await tap("Shri Vasudev Maharaj");
    expect(text()).toContain("K2-08");
    await pass(21_000);
    await tap("Shri Vasudev Maharaj");
    expect(text()).toContain("यह मशीन अभी काउंटर से जुड़ी नहीं है");
    expect(checkIns()).toHaveLength(1);
  });

  it("does not use a lease of yesterday", async () => {
    localStorage.setItem(
      "sangam.kiosk.lease",
      JSON.stringify([{ day: "2026-11-22", prefix: "K2", next: 3, to: 50 }]),
    );
    await open();
    await act(async () => client.connect("offline"));
    await english();
    await tap("Shri Vasudev Maharaj");
    expect(text()).toContain("Please take your token at the desk.");
    expect(checkIns()).toEqual([]);
  });

  it("takes its own token when the request never left", async () => {
    await open();
    await grant();
    await english();
    await tap("Shri Vasudev Maharaj");
    await pass(4_000);
    expect(checkIns().map((one) => [one.discarded, one.data.token])).toEqual([
      [true, undefined],
      [false, "K2-07"],
    ]);
    expect(text()).toContain("K2-07");
  });

  it("makes up no second token when the request left and no answer came", async () => {
    await open();
    await grant();
    await english();
    await tap("Shri Vasudev Maharaj");
    for (const one of checkIns()) one.left = true;
    await pass(4_000 + 15_000);
    expect(checkIns()).toHaveLength(1);
    expect(text()).toContain("This machine cannot reach the desk just now");
    expect(text()).not.toContain("K2-");
  });

  it("says that one guruji has no more tokens, and lets another be chosen", async () => {
    await open();
    await english();
    await tap("Shri Vasudev Maharaj");
    checkIns()[0]?.refuse({ code: "closed", message: "No more tokens are given for now." });
    await pass(0);
    expect(text()).toContain("This guruji has no more tokens today");
    await tap("Back");
    expect(text()).toContain("Who would you like to see?");
  });

  it("says that all tokens are given and when there are more, in all three languages", async () => {
    await open();
    await english();
    await tap("Whoever is free first");
    checkIns()[0]?.refuse({ code: "closed", message: "No more tokens are given for now." });
    await pass(0);
    for (const said of ["Today’s tokens are all given", "आज के सब टोकन दिए जा चुके हैं", "आजचे सर्व टोकन संपले"])
      expect(text()).toContain(said);
    expect(page().querySelector(".opens")?.textContent).toBe("The next ones on Tuesday from 9:00");
    expect(text()).toContain("पुढचे टोकन मंगळवारी 9:00 पासून.");
    await pass(21_000);
    expect(text()).toContain("आप किनसे मिलना चाहते हैं?");
  });

  it("rests while the node gives no tokens, and asks again by itself", async () => {
    await open(new FakeClient({ ...clinicView(), intake: { open: false } }));
    expect(text()).toContain("अभी टोकन बंद हैं");
    expect(page().querySelector(".healer")).toBeNull();
    await act(async () => client.set({ view: { day: DAY, intake: { open: true } } }));
    expect(text()).toContain("आप किनसे मिलना चाहते हैं?");
  });

  it("repeats the node's reason when it refuses, and leaves nothing pending", async () => {
    await open();
    await english();
    await tap("Shri Vasudev Maharaj");
    checkIns()[0]?.refuse({ code: "not_allowed", message: "This guruji takes no more today." });
    await pass(0);
    expect(text()).toContain("This guruji takes no more today.");
    expect(checkIns()[0]?.discarded).toBe(true);
  });

  it("says that staff were called only once the box has it", async () => {
    await open();
    await english();
    await tap("I need help");
    await tap("Emergency: call somebody here");
    expect(text()).not.toContain("have been called");
    await pass(5_000);
    expect(text()).toContain("could not call them");
    client.of("emergency.raise")[0]?.answer({});
    await pass(0);
    expect(text()).toContain("The staff have been called.");
  });

  const APPOINTMENT = "0193f3a0-7c00-7abc-8def-0123456789ab";

  describe("asked for an appointment by number", () => {
    const ask = async (number: string) => {
      await open();
      await english();
      await tap("I have an appointment");
      for (const digit of number) await tap(digit);
    };
    const go = () =>
      page().querySelector<HTMLButtonElement>('[aria-label="Take my token"]') as HTMLButtonElement;
    const press = async () => {
      await act(async () => go().click());
      await pass(0);
    };

    it("takes a reference or a whole telephone number, and nothing in between", async () => {
      await ask("41729");
      expect(go().disabled).toBe(true);
      await tap("3");
      expect(go().disabled).toBe(false);
      await tap("8");
      expect(go().disabled).toBe(true);
      expect(page().querySelector("output")?.textContent).toBe("41729 38");
      await act(async () => page().querySelector<HTMLButtonElement>('[aria-label^="Take back"]')?.click());
      await press();
      expect(checkIns().map((one) => one.data)).toEqual([{ language: "en", booking: "417293" }]);
      checkIns()[0]?.answer(answer);
      await pass(0);
      expect(text()).toContain("B053");
      expect(text()).not.toContain("417293");
    });

    it("says when it is of nobody or of several, and asks again with nothing typed", async () => {
      await ask("9822012345");
      await press();
      checkIns()[0]?.refuse({ code: "not_found", message: "No such booking." });
      await pass(0);
      expect(text()).toContain("No booking has this number today");
      await tap("Back");
      expect(page().querySelector("output")?.textContent).toBe("");
      for (const digit of "9822012345") await tap(digit);
      await press();
      checkIns()[1]?.refuse({ code: "not_allowed", message: "Several bookings." });
      await pass(0);
      expect(text()).toContain("Several bookings have this number");
      await pass(21_000);
      expect(text()).toContain("आप किनसे मिलना चाहते हैं?");
    });

    it("makes up no token while the box is not heard, since the number may be of nobody", async () => {
      await ask("417293");
      await grant();
      await act(async () => client.connect("offline"));
      await press();
      expect(checkIns()).toEqual([]);
      expect(text()).toContain("This machine cannot reach the desk just now");
    });
  });

  it("checks in the appointment whose code a reader reads, from any page, and presses nothing else", async () => {
    await open();
    await english();
    await tap("I have an appointment");
    const enter = await read(`https://ashram.example/a#${APPOINTMENT.toUpperCase()}`);
    expect(enter.defaultPrevented).toBe(true);
    expect(checkIns().map((one) => one.data)).toEqual([{ language: "en", appointment: APPOINTMENT }]);
    checkIns()[0]?.answer(answer);
    await pass(0);
    expect(text()).toContain("B053");
  });

  it("does not take a person's typing for a reader", async () => {
    await open();
    const enter = await read(APPOINTMENT, 150);
    expect(enter.defaultPrevented).toBe(false);
    expect(checkIns()).toEqual([]);
  });

  it("says that a code gives no token, in people's words, and leaves nothing pending", async () => {
    await open();
    await english();
    await read("upi://pay?pa=somebody@bank");
    expect(text()).toContain("This code gives no token now");
    expect(checkIns()).toEqual([]);
    await tap("Back");
    await english();
    await read(APPOINTMENT);
    checkIns()[0]?.refuse({ code: "not_allowed", message: "This appointment is checked_in." });
    await pass(0);
    expect(text()).toContain("was used already");
    expect(text()).not.toContain("checked_in");
    expect(checkIns()[0]?.discarded).toBe(true);
  });

  it("gives an appointment a token of its own lease while the box is not heard", async () => {
    await open();
    await grant();
    await act(async () => client.connect("offline"));
    await read(APPOINTMENT);
    expect(text()).toContain("K2-07");
    expect(checkIns().map((one) => one.data)).toEqual([
      { token: "K2-07", language: "hi", appointment: APPOINTMENT },
    ]);
  });

  describe("with a printer", () => {
    const print = vi.fn();
    const paper = () => page().querySelector(".on-paper")?.textContent ?? "";
    beforeEach(() => {
      print.mockReset();
      window.print = print;
      keepEquipment("?with=printer");
    });
    it("prints each slip once by itself, and again when asked", async () => {
      await open();
      await tap("मराठी");
      await tap("Shri Vasudev Maharaj");
      checkIns()[0]?.answer(answer);
      await pass(0);
      await pass(1_000);
      expect(print).toHaveBeenCalledTimes(1);
      for (const said of ["निर्मल धाम आश्रम", "सोमवार 23 नोव्हेंबर · 10:24", "B053", "13 जण", "55–80", "खोली 2"])
        expect(paper()).toContain(said);
      expect(page().querySelector(".on-paper svg.qr")).not.toBeNull();
      await pass(1_000);
      await tap("पुन्हा छापा");
      await pass(10);
      expect(print).toHaveBeenCalledTimes(2);
    });

    it("prints no wait, no place and no code for the phone while the box is not heard", async () => {
      await open();
      await grant();
      await english();
      await act(async () => client.connect("offline"));
      await tap("Shri Vasudev Maharaj");
      await pass(10);
      expect(paper()).toContain("K2-07");
      expect(paper()).toContain("Show your slip at the desk");
      expect(paper()).not.toMatch(/\d–\d|person|people/);
      expect(page().querySelector(".on-paper svg.qr")).toBeNull();
    });

    it("is forgotten when the kiosk is set up without one", async () => {
      keepEquipment("?with=");
      await open();
      await tap("Shri Vasudev Maharaj");
      checkIns()[0]?.answer(answer);
      await pass(0);
      await pass(1_000);
      expect(text()).toContain("B053");
      expect(print).not.toHaveBeenCalled();
    });
  });
});
