// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

vi.mock("react", () => import("preact/compat"));
vi.mock("react-dom", () => import("preact/compat"));
vi.mock("react/jsx-runtime", () => import("preact/jsx-runtime"));
vi.mock("react/jsx-dev-runtime", () => import("preact/jsx-runtime"));

import { Paper } from "../src/coordinator/Paper.tsx";
import { ClientContext, PlaceContext } from "../src/screen/client.tsx";
import type { Lang } from "../src/words/catalogue.ts";
import { Language } from "../src/words/Language.tsx";
import { FakeClient } from "./fakeClient.ts";
import { CLINIC_NOW, clinicView } from "./fixtures.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: CLINIC_NOW });
  document.body.innerHTML = '<div id="app"></div>';
});
afterEach(() => {
  render(null, document.getElementById("app") as HTMLElement);
  vi.useRealTimers();
});

async function sheetOf(client: FakeClient, lang: Lang) {
  await act(() =>
    render(
      <ClientContext.Provider value={client.asClient}>
        <PlaceContext.Provider
          value={{ name: "Nirmal Dham", zone: "Asia/Kolkata", node: "site", others: location.origin }}
        >
          <Language first={lang}>
            <Paper onClose={() => {}} />
          </Language>
        </PlaceContext.Provider>
      </ClientContext.Provider>,
      document.getElementById("app") as HTMLElement,
    ),
  );
  return document.querySelector(".sheet")?.textContent ?? "";
}

it("says from when it is, and no more, while the box is heard", async () => {
  const said = await sheetOf(new FakeClient(clinicView()), "en");
  expect(said).toContain("As it stood at");
  expect(said).not.toContain("not heard");
});

it.each([
  ["en", "was not heard after that"],
  ["hi", "संपर्क नहीं हुआ"],
] as const)("cut off from the box it says what is missing, in %s", async (lang, words) => {
  const client = new FakeClient(clinicView());
  client.connect("offline");
  expect(await sheetOf(client, lang)).toContain(words);
});
