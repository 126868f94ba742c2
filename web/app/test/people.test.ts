import { describe, expect, it } from "vitest";
import {
  askNow,
  changesOf,
  draftOf,
  lastWord,
  lookable,
  type PersonRow,
  wrongIn,
} from "../src/admin/person.ts";
import { FakeClient } from "./fakeClient.ts";

const usha = {
  id: "0197c1a2-0000-7000-8000-000000000001",
  name: "Usha Patil",
  phone: "919822012345",
  phones: ["919822000001", "442071234567"],
  birthYear: 1961,
  place: "Nashik",
  consents: [
    { purpose: "care", given: true, notice: "1", at: "2026-01-01T04:00:00Z" },
    { purpose: "messages", given: true, notice: "1", at: "2026-01-01T04:00:00Z" },
    { purpose: "messages", given: false, notice: "1", at: "2026-02-01T04:00:00Z" },
  ],
  family: [],
  upcoming: [],
} as unknown as PersonRow;
const YEAR = 2026;

describe("what is looked for", () => {
  it.each([
    ["us", true],
    ["ऊषा", true],
    ["98220", true],
    ["+91 982", true],
    [usha.id, true],
    ["u", false],
    ["", false],
    ["982", false],
    ["0098", false],
    ["..", false],
  ])("%s: %s", (typed, looked) => expect(lookable(typed)).toBe(looked));
});

describe("a correction", () => {
  it("is nothing while the form says what is kept", () => {
    expect(changesOf(usha, draftOf(usha))).toBeNull();
    expect(wrongIn(usha, draftOf(usha), YEAR).size).toBe(0);
  });

  it("sends what was changed alone, with what stood there", () => {
    const draft = { ...draftOf(usha), name: " Usha Patel ", birthYear: "1962", language: "mr", phones: "" };
    expect(changesOf(usha, draft)).toEqual({
      data: { person: usha.id, name: "Usha Patel", birthYear: 1962, language: "mr", phones: [] },
      saw: { name: "Usha Patil", birthYear: 1961, language: null, phones: usha.phones },
    });
  });

  it.each([
    ["name", "  "],
    ["phone", "12"],
    ["phone", "ring the office"],
    ["phones", "98220 00001, 12"],
    ["phones", "9822000001,9822000002,9822000003,9822000004,9822000005,9822000006"],
    ["birthYear", "61"],
    ["birthYear", "1879"],
    ["birthYear", "2027"],
    ["birthYear", ""],
  ] as const)("is not sent with %s “%s”", (name, typed) => {
    expect([...wrongIn(usha, { ...draftOf(usha), [name]: typed }, YEAR)]).toEqual([name]);
  });

  it("may leave untold what was never told", () => {
    const { phone, phones, birthYear, ...little } = usha;
    const person = little as PersonRow;
    expect(wrongIn(person, draftOf(person), YEAR).size).toBe(0);
  });
});

it("the last word of each purpose counts", () => {
  expect(lastWord(usha, "care")?.given).toBe(true);
  expect(lastWord(usha, "messages")?.given).toBe(false);
  expect(lastWord(usha, "research")).toBeUndefined();
});

describe("what is done now or not at all", () => {
  const ask = (answer: unknown) => {
    const client = new FakeClient();
    client.answers["/api/v1/actions"] = answer;
    const told = askNow(client.asClient, "a1", { type: "person.erase", data: { person: "p" }, saw: {} });
    return { client, told };
  };

  it("is told by its answer, once done or done before", async () => {
    for (const status of ["applied", "duplicate"]) {
      const { client, told } = ask({ results: [{ id: "a1", status, data: { id: "p" } }] });
      expect(await told).toEqual({ id: "p" });
      expect(client.asClient.getState().pending).toEqual([]);
      expect(client.asked).toMatchObject([{ body: { actions: [{ id: "a1", type: "person.erase" }] } }]);
    }
  });

  it("is refused with the node's reason", async () => {
    const error = { code: "not_allowed", message: "They have a place in the queue: A012. End it first." };
    await expect(ask({ results: [{ id: "a1", status: "rejected", error }] }).told).rejects.toEqual(error);
    await expect(ask({ results: [] }).told).rejects.toMatchObject({ code: "unavailable" });
  });
});
