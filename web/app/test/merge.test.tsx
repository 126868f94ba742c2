// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

vi.mock("react", () => import("preact/compat"));
vi.mock("react-dom", () => import("preact/compat"));
vi.mock("react/jsx-runtime", () => import("preact/jsx-runtime"));
vi.mock("react/jsx-dev-runtime", () => import("preact/jsx-runtime"));

import { MergePanel } from "../src/admin/MergePanel.tsx";
import type { PersonRow } from "../src/admin/person.ts";
import { ClientContext } from "../src/screen/client.tsx";
import { Language } from "../src/words/Language.tsx";
import { FakeClient } from "./fakeClient.ts";

const row = (id: string, name: string, registeredAt: string): PersonRow => ({
  id,
  name,
  registeredAt,
  family: [],
  consents: [],
  upcoming: [],
  visits: [],
});
const usha = row("p1", "Usha Patil", "2026-01-02T04:00:00Z");
const older = { ...row("p2", "Ushatai Patil", "2025-01-02T04:00:00Z"), phone: "919822012345" };

let client: FakeClient;
const text = () => document.body.textContent ?? "";
const merged = vi.fn();

async function open(lang: "en" | "hi" = "en") {
  client = new FakeClient();
  client.answers["/api/v1/people?q=p2"] = { people: [older] };
  document.body.innerHTML = '<div id="app"></div>';
  await act(async () =>
    render(
      <ClientContext.Provider value={client.asClient}>
        <Language first={lang}>
          <MergePanel person={usha} alike="p2" onMerged={merged} onClose={() => {}} />
        </Language>
      </ClientContext.Provider>,
      document.getElementById("app") as HTMLElement,
    ),
  );
  await act(async () => {});
}

/** Says that it is sure and presses; the node answers so. */
async function press(answer: unknown) {
  client.answers["/api/v1/actions"] = { results: [answer] };
  const sure = document.querySelector<HTMLInputElement>(".last-word input");
  if (sure && !sure.checked) await act(async () => sure.click());
  await act(async () => document.querySelector<HTMLButtonElement>(".button.main")?.click());
  await act(async () => {});
}
const sent = () =>
  client.asked
    .filter(({ path }) => path === "/api/v1/actions")
    .map(({ body }) => (body as { actions: { id: string; data: object; saw: object }[] }).actions[0]);

beforeEach(() => merged.mockReset());
afterEach(() => render(null, document.getElementById("app") as HTMLElement));

describe("two records of one person", () => {
  it("become the one who was known first, as they were seen", async () => {
    await open();
    expect(document.querySelector<HTMLButtonElement>(".button.main")?.disabled).toBe(true);
    await press({ status: "applied", data: { id: "p2" } });
    expect(sent()).toMatchObject([
      { data: { keep: "p2", drop: "p1" }, saw: { name: "Ushatai Patil", phone: "919822012345" } },
    ]);
    expect(merged).toHaveBeenCalledWith(older);
  });

  it("stay two when it is refused, and the next try is another act", async () => {
    await open("hi");
    const error = { code: "not_allowed", message: "One of them is no longer here." };
    await press({ status: "rejected", error });
    expect(text()).toContain("इनमें से एक की जानकारी अब यहाँ नहीं है।");
    await press({ status: "rejected", error });
    const [first, second] = sent();
    expect(second?.id).not.toBe(first?.id);
    expect(merged).not.toHaveBeenCalled();
  });

  it("are asked for by the same id again when nothing was heard: it may be done", async () => {
    await open();
    await press({ status: "rejected", error: { code: "offline", message: "" } });
    expect(text()).toContain("The box does not answer");
    await press({ status: "duplicate", data: { id: "p2" } });
    const [first, second] = sent();
    expect(second?.id).toBe(first?.id);
    expect(merged).toHaveBeenCalledWith(older);
  });
});
