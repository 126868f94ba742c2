// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

vi.mock("react", () => import("preact/compat"));
vi.mock("react-dom", () => import("preact/compat"));
vi.mock("react/jsx-runtime", () => import("preact/jsx-runtime"));
vi.mock("react/jsx-dev-runtime", () => import("preact/jsx-runtime"));

import { Screen } from "../src/screen/Screen.tsx";
// The frame fetches its ways in when it first needs one; here they are at hand.
import "../src/screen/Setup.tsx";
import "../src/screen/SignIn.tsx";
import { FakeClient } from "./fakeClient.ts";

let client: FakeClient;
const page = () => document.getElementById("app") as HTMLElement;
const text = () => page().textContent ?? "";
const pass = (ms: number) =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });

async function open(signedOut: FakeClient, roles: string[] = []) {
  client = signedOut;
  document.body.innerHTML = '<div id="app"></div>';
  await act(() =>
    render(
      <Screen name="coordinator" view="coordinator" entry="staff" roles={roles} client={client.asClient}>
        <h1>The desk</h1>
      </Screen>,
      page(),
    ),
  );
  await pass(0);
  await vi.dynamicImportSettled();
  await pass(0);
  await pass(0);
}

const buttons = () => [...page().querySelectorAll("button")];
const named = (what: string) =>
  buttons().find((one) => (one.getAttribute("aria-label") ?? one.textContent ?? "").includes(what));

async function tap(what: string) {
  const button = named(what);
  if (!button) throw new Error(`no button ${what}: ${text()}`);
  await act(async () => button.click());
  await pass(0);
}

async function type(name: string, value: string) {
  const label = [...page().querySelectorAll("label")].find((one) => one.textContent?.includes(name));
  const input = label?.querySelector("input");
  if (!input) throw new Error(`no field ${name}: ${text()}`);
  await act(async () => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

const submit = () =>
  act(async () => {
    page()
      .querySelector("form")
      ?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await vi.advanceTimersByTimeAsync(0);
  });

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});
afterEach(() => {
  render(null, page());
  vi.useRealTimers();
});

describe("signing in", () => {
  it("lists those whose screen it is, the most frequent of this device first", async () => {
    localStorage.setItem("sangam.habits", JSON.stringify({ u2: 3 }));
    await open(FakeClient.signedOut(), ["coordinator", "admin"]);
    const names = [...page().querySelectorAll(".names strong")].map((one) => one.textContent);
    expect(names).toEqual(["Nitin Pawar", "Ashwini Sathe", "Meera Kelkar"]);
  });

  it("shows the mark until it is known who is there, and never the way in to who is signed in", async () => {
    const coming = new FakeClient();
    const { session, view } = coming.asClient.getState();
    coming.set({ session: { ...session, status: "unknown", user: null }, view: null });
    await open(coming);
    expect(page().querySelector("main.boot")).not.toBeNull();
    await act(() => coming.set({ session, view: null }));
    expect(page().querySelector(".signin")).toBeNull();
    await act(() => coming.set({ view }));
    expect(text()).toBe("The desk");
  });

  it("shows where one is when that takes two seconds, or when the box is away", async () => {
    for (const [away, ms] of [
      [false, 2000],
      [true, 0],
    ] as const) {
      const coming = new FakeClient();
      coming.set({
        session: { ...coming.asClient.getState().session, status: "unknown", user: null },
        view: null,
      });
      await open(coming);
      expect(page().querySelector(".signin")).toBeNull();
      if (away)
        await act(() =>
          coming.set({ connection: { ...coming.asClient.getState().connection, mode: "offline" } }),
        );
      await pass(ms);
      expect(page().querySelector(".signin .bank")).not.toBeNull();
    }
  });

  it("takes the PIN from the pad, and shows the work once the node agrees", async () => {
    await open(FakeClient.signedOut());
    await tap("Ashwini Sathe");
    for (const digit of ["2", "4", "6", "9"]) await tap(digit);
    await tap("Take back the last digit");
    await tap("8");
    await submit();
    expect(client.tried).toEqual([{ user: "u1", pin: "2468" }]);
    expect(text()).toContain("The desk");
  });

  it("says that a PIN does not fit, keeps nothing of it, and says who can help", async () => {
    await open(FakeClient.signedOut({ code: "unauthenticated", message: "" }));
    await tap("Ashwini Sathe");
    await type("PIN", "1111");
    await submit();
    expect(text()).toContain("That PIN does not fit.");
    expect(page().querySelector<HTMLInputElement>("input[type=password]")?.value).toBe("");
    await tap("I forgot my PIN");
    expect(text()).toContain("Meera Kelkar can give you a new PIN.");
  });

  it("waits out a lock, says how long, and takes no try meanwhile", async () => {
    await open(FakeClient.signedOut({ code: "locked_out", message: "", retryAfterMs: 24_000 }));
    await tap("Ashwini Sathe");
    await type("PIN", "1111");
    await submit();
    expect(text()).toContain("Too many tries");
    expect(text()).toContain("24 s");
    expect(named("Sign in")?.disabled).toBe(true);
    await pass(10_000);
    expect(text()).toContain("14 s");
    await submit();
    expect(client.tried).toHaveLength(1);
    await pass(14_500);
    expect(named("Sign in")?.disabled).toBe(false);
  });

  it("tells a box that does not answer from a wrong PIN", async () => {
    await open(FakeClient.signedOut({ code: "offline", message: "" }));
    await tap("Ashwini Sathe");
    await type("PIN", "2468");
    await submit();
    expect(text()).toContain("The box does not answer just now.");
    expect(text()).not.toContain("does not fit");
  });

  it("shows no work to somebody whose screen it is not", async () => {
    await open(new FakeClient(), ["coordinator"]);
    expect(text()).toContain("This screen is not for you");
    expect(text()).not.toContain("The desk");
  });
});

describe("the first start", () => {
  async function upTo(step: "site" | "you") {
    await type("Setup code", "TULSI-4F7K");
    await submit();
    if (step === "site") return;
    await type("Name", "Nirmal Dham");
    await type("Time zone", "Asia/Kolkata");
    await submit();
  }

  it("asks for the code, the place and the first admin, and sends them as one", async () => {
    await open(FakeClient.awaitingSetup());
    await upTo("you");
    await type("Your name", "Meera Kelkar");
    await type("PIN", "864209");
    await type("The same again", "864209");
    await submit();
    expect(client.asked.filter((one) => one.path === "/api/v1/setup").map((one) => one.body)).toEqual([
      {
        code: "TULSI-4F7K",
        site: { name: "Nirmal Dham", timezone: "Asia/Kolkata" },
        admin: { name: "Meera Kelkar", pin: "864209" },
      },
    ]);
  });

  it("has each answer typed at once, step by step, and in the language that is chosen", async () => {
    await open(FakeClient.awaitingSetup());
    const typedInto = () => (document.activeElement as HTMLInputElement).autocomplete;
    expect(typedInto()).toBe("one-time-code");
    await upTo("site");
    expect(typedInto()).toBe("organization");
    await type("Name", "Nirmal Dham");
    await submit();
    expect(typedInto()).toBe("name");
    await tap("हिन्दी");
    expect(text()).toContain("इस मशीन की देखभाल कौन करेगा?");
    await tap("English");
  });

  it("says how to come by a code that was lost, and that a centre can be joined later", async () => {
    await open(FakeClient.awaitingSetup());
    expect(text()).toContain("that can be done later too");
    expect(text()).not.toContain("journalctl");
    await tap("I cannot find the code");
    expect(text()).toContain("journalctl -u sangam-edge");
  });

  it("does not go on with a zone that is none, nor with two PINs that differ", async () => {
    await open(FakeClient.awaitingSetup());
    await upTo("site");
    await type("Name", "Nirmal Dham");
    await type("Time zone", "Asia/Atlantis");
    await submit();
    expect(text()).toContain("No such time zone");
    await type("Time zone", "Asia/Kolkata");
    await submit();
    await type("Your name", "Meera Kelkar");
    await type("PIN", "864209");
    await type("The same again", "864208");
    await submit();
    expect(text()).toContain("The two differ");
    expect(client.asked.some((one) => one.path === "/api/v1/setup")).toBe(false);
  });

  it("goes back to the code when the node does not know it, with the rest kept", async () => {
    await open(FakeClient.awaitingSetup({ code: "unauthenticated", message: "" }));
    await upTo("you");
    await type("Your name", "Meera Kelkar");
    await type("PIN", "864209");
    await type("The same again", "864209");
    await submit();
    expect(text()).toContain("That code does not fit.");
    await upTo("site");
    const name = page().querySelector<HTMLInputElement>("input[autocomplete=organization]");
    expect(name?.value).toBe("Nirmal Dham");
  });
});
