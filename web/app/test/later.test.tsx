// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

vi.mock("react", () => import("preact/compat"));
vi.mock("react/jsx-runtime", () => import("preact/jsx-runtime"));
vi.mock("react/jsx-dev-runtime", () => import("preact/jsx-runtime"));

import { fetchRest, later, soon } from "../src/screen/later.tsx";

const Greeting = ({ name }: { name: string }) => <p>Namaste {name}</p>;
const page = () => document.getElementById("app") as HTMLElement;
const pass = (ms: number) =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = '<div id="app"></div>';
});
afterEach(() => {
  render(null, page());
  vi.useRealTimers();
});

it("fetches a block when it is first drawn, once for all places, and draws it when it is there", async () => {
  const load = vi.fn(async () => Greeting);
  const Later = later(load);
  fetchRest();
  expect(load).not.toHaveBeenCalled();
  act(() =>
    render(
      <>
        <Later name="Asha" />
        <Later name="Usha" />
      </>,
      page(),
    ),
  );
  await pass(0);
  expect(page().textContent).toBe("Namaste AshaNamaste Usha");
  expect(load).toHaveBeenCalledTimes(1);
});

it("fetches what must open without the box as soon as the screen stands, so that it opens at once", async () => {
  const load = vi.fn(async () => Greeting);
  const Soon = soon(load);
  fetchRest();
  await pass(0);
  act(() => render(<Soon name="Asha" />, page()));
  expect(page().textContent).toBe("Namaste Asha");
  expect(load).toHaveBeenCalledTimes(1);
});

it("asks again while the box does not answer", async () => {
  const load = vi.fn<() => Promise<typeof Greeting>>().mockRejectedValueOnce(new Error("offline"));
  load.mockResolvedValue(Greeting);
  const Later = later(load);
  act(() => render(<Later name="Asha" />, page()));
  await pass(0);
  expect(page().textContent).toBe("");
  await pass(10_000);
  expect(page().textContent).toBe("Namaste Asha");
  expect(load).toHaveBeenCalledTimes(2);
});
