import type { CentreSite } from "@sangam/sdk";
import { describe, expect, it } from "vitest";
import { noted, pathOf, remembered } from "../src/centre/beats.ts";
import { alignedHour, nowOf, peakOf } from "../src/centre/series.ts";

const minute = 29_000_000;
const at = (back: number) => new Date((minute - back) * 60_000).toISOString();
const hour = (back: number, beats: ("on_time" | "late" | "unheard")[], waiting: (number | null)[]) => ({
  from: at(back),
  beats,
  waiting,
  inService: waiting,
  done: waiting,
});

describe("the last hour of a site", () => {
  it("begins where the centre began to note it, and a minute keeps the worse of both words", () => {
    const live = [{ id: "pune", state: "live" }] as CentreSite[];
    const heard = noted(new Map(), live, minute * 60_000);
    const told = [{ id: "pune", hour: hour(2, ["unheard", "on_time", "late"], [1, 2, 3]) }];
    const own = remembered(heard, told).get("pune");
    expect([...(own ?? [])].sort(([a], [b]) => a - b)).toEqual([
      [minute - 2, "unheard"],
      [minute - 1, "on-time"],
      [minute, "late"],
    ]);
    expect(pathOf(own, "unheard", minute * 60_000)).toBe("M228 19h2.6v3h-2.6z");
    expect(remembered(heard, [{ id: "pune", hour: null }]).get("pune")?.size).toBe(1);
  });

  it("says nothing of a minute in which the site was not heard, though its last figures are kept", () => {
    const site = { name: "Pune", hour: hour(2, ["on_time", "unheard", "unheard"], [17, 17, 17]) };
    expect(alignedHour([site], "waiting").lines[0]?.values).toEqual([17, null, null]);
  });

  it("is put on one axis with the others, with a gap where nothing is known", () => {
    const sites = [
      { name: "Pune", hour: hour(3, ["late", "late"], [4, null]) },
      { name: "Wai", hour: hour(1, ["on_time", "on_time"], [7, 9]) },
      { name: "Nasik", hour: null },
    ];
    const { minutes, lines } = alignedHour(sites, "waiting");
    expect(minutes).toEqual([3, 2, 1, 0].map((back) => (minute - back) * 60));
    expect(lines.map(({ values }) => values)).toEqual([
      [4, null, null, null],
      [null, null, 7, 9],
      [null, null, null, null],
    ]);
    expect(nowOf(lines[0]?.values ?? [])).toBeNull();
    expect(nowOf(lines[1]?.values ?? [])).toBe(9);
    expect(nowOf([4, null])).toBe(4);
    expect(peakOf(lines[1]?.values ?? [])).toEqual({ value: 9, at: 3 });
    expect(peakOf(lines[2]?.values ?? [])).toBeNull();
  });
});
