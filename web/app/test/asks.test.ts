import { describe, expect, it } from "vitest";
import { askingOf, type Draft, EMPTY, type Roster, waitOf } from "../src/centre/asks.ts";

const roster: Roster = {
  gurujis: [
    { id: "g1", name: "Shri Vasudev", room: "2", availability: "available" },
    { id: "g2", name: "Mata Kamala", availability: "off" },
  ],
  staff: [
    { id: "s1", name: "Asha", role: "coordinator" },
    { id: "s2", name: "Nitin", role: "coordinator", disabled: true },
  ],
  devices: [{ id: "d1", name: "Hall", kind: "board", state: "approved" }],
  settings: [{ name: "slotMinutes", value: 30 }],
};
const NOW = Date.parse("2026-11-23T04:54:20.000Z");
const asked = (over: Partial<Draft>) => askingOf({ ...EMPTY, ...over }, roster, NOW);

describe("what the centre asks", () => {
  it.each<[string, Partial<Draft>, object]>([
    ["stops tokens, and says why", { reason: " Hall full " }, { open: false, reason: "Hall full" }],
    ["gives them again without a reason", { open: true, reason: "Hall full" }, { open: true }],
    ["stops those of one guruji", { guruji: "g1", reason: "x" }, { open: false, guruji: "g1" }],
  ])("%s", (_, over, data) => expect(asked(over)).toEqual({ type: "day.set_intake", data }));

  it("closes and opens the day", () => {
    expect(asked({ kind: "day" })).toEqual({ type: "day.close", data: {} });
    expect(asked({ kind: "day", open: true, reason: "x" })).toEqual({ type: "day.open", data: {} });
  });

  it("names the end of a break to the minute, and none where there is none", () => {
    const rest = { kind: "availability", guruji: "g1" } as const;
    expect(asked(rest)).toMatchObject({
      data: { availability: "on_break", until: "2026-11-23T05:24:00.000Z" },
    });
    expect(asked({ ...rest, breakMinutes: 0 })).toMatchObject({
      data: { guruji: "g1", availability: "on_break" },
    });
    expect(asked({ ...rest, availability: "off" })).toEqual({
      type: "guruji.set_availability",
      data: { guruji: "g1", availability: "off" },
    });
  });

  it("tells what was seen, so that a newer word of the site is not written over", () => {
    expect(asked({ kind: "room", guruji: "g1", room: " 7 " })).toEqual({
      type: "guruji.set_room",
      data: { guruji: "g1", room: "7" },
      saw: { room: "2" },
    });
    expect(asked({ kind: "room", guruji: "g2", room: "7" })).toMatchObject({ saw: { room: null } });
    expect(asked({ kind: "setting", setting: "slotMinutes", value: "45" })).toEqual({
      type: "setting.update",
      data: { name: "slotMinutes", value: 45 },
      saw: { value: 30 },
    });
  });

  it.each<[Partial<Draft>, unknown]>([
    [{ setting: "opensAt", value: "08:30" }, 510],
    [{ setting: "enforceHours", value: "true" }, true],
    [{ setting: "closedWeekdays", days: [] }, []],
    [{ setting: "maxEntriesPerDay", value: "300" }, 300],
  ])("reads %o", (over, value) =>
    expect(asked({ kind: "setting", ...over })).toMatchObject({ data: { value } }),
  );

  it("lets somebody in again who was switched off", () => {
    expect(asked({ kind: "staff", staff: "s1" })).toMatchObject({ data: { staff: "s1", disabled: true } });
    expect(asked({ kind: "staff", staff: "s2" })).toMatchObject({ data: { staff: "s2", disabled: false } });
    expect(asked({ kind: "device", device: "d1" })).toMatchObject({ type: "device.revoke" });
  });

  it.each<[Partial<Draft>, string]>([
    [{ kind: "availability" }, "guruji"],
    [{ kind: "room" }, "guruji"],
    [{ kind: "room", guruji: "g1" }, "value"],
    [{ kind: "setting", setting: "opensAt" }, "value"],
    [{ kind: "setting", setting: "opensAt", value: "9.30" }, "value"],
    [{ kind: "setting", setting: "opensAt", value: "9:00" }, "value"],
    [{ kind: "setting", setting: "slotMinutes", value: "3" }, "value"],
    [{ kind: "setting", setting: "closedWeekdays" }, "value"],
    [{ kind: "staff" }, "staff"],
    [{ kind: "device" }, "device"],
  ])("is not sent: %o", (over, wrong) => expect(asked(over)).toEqual({ wrong }));

  it("waits for a silent site no longer than it makes sense, unless told", () => {
    expect(waitOf({ ...EMPTY, kind: "day" })).toBe(60);
    expect(waitOf({ ...EMPTY, kind: "setting" })).toBe(1440);
    expect(waitOf({ ...EMPTY, kind: "day", waitMinutes: 10_080 })).toBe(10_080);
  });
});
