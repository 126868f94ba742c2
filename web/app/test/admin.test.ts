import type { StatusAnswer } from "@sangam/sdk";
import { describe, expect, it } from "vitest";
import { archiveFact, backupFact } from "../src/admin/health.ts";
import { spanIsRight } from "../src/admin/Reports.tsx";
import { admin } from "../src/admin/words.ts";
import { templateData, templatesOf } from "../src/centre/templates.ts";
import { inFives } from "../src/desk/phone.ts";
import { common } from "../src/words/common.ts";
import { FakeClient } from "./fakeClient.ts";
import { clinicView } from "./fixtures.ts";

const NOW = Date.parse("2026-11-23T04:54:00Z");
const status = (hoursAgo: number | null, encrypted = true) =>
  ({
    backup:
      hoursAgo === null
        ? null
        : { at: new Date(NOW - hoursAgo * 3_600_000).toISOString(), bytes: 9, encrypted },
  }) as StatusAnswer;
const fact = (of: StatusAnswer) => backupFact(of, NOW, admin.in("en"), common.in("en"));

describe("the box's last backup", () => {
  it("is asked for when none is known, or when it is more than a day old", () => {
    expect(fact(status(null))).toMatchObject({ tone: "heed", so: "None is known" });
    expect(fact(status(24)).tone).toBe("flow");
    expect(fact(status(26)).tone).toBe("heed");
    expect(fact(status(72)).so).toBe("The last one is 3 days old");
  });

  it("is said to be open to whoever has it, when it is", () => {
    expect(fact(status(1)).how).toContain("Only who has its key");
    expect(fact(status(1, false)).how).toContain("not locked");
  });
});

describe("the archive of what is emptied", () => {
  const told = (archive: StatusAnswer["archive"]) => archiveFact({ archive } as StatusAnswer, admin.in("en"));
  it("is said to be missing, to be ready, to have failed, or of which month it is", () => {
    expect(told(null)).toMatchObject({ tone: "rest", so: "What is emptied is kept in backups only" });
    expect(told({ at: null, records: 0, failed: false })).toMatchObject({ tone: "flow", so: "Ready" });
    expect(told({ at: null, records: 0, failed: true }).tone).toBe("alarm");
    expect(told({ at: "2026-11-23T04:54:00Z", records: 812, failed: false, month: "2024-03" }).so).toBe(
      "The last one is of 2024-03, 812 records",
    );
  });
});

describe("what is taken out", () => {
  it("spans whole days in their order, a month at most", () => {
    expect(spanIsRight("2026-11-01", "2026-12-01")).toBe(true);
    expect(spanIsRight("2026-11-01", "2026-12-02")).toBe(false);
    expect(spanIsRight("2026-11-02", "2026-11-01")).toBe(false);
    expect(spanIsRight("", "2026-11-01")).toBe(false);
  });
});

describe("remedies that the centre prepares", () => {
  it("stand by name, those not offered any more last, and are saved whole", () => {
    const view = clinicView();
    view.rows = [
      { kind: "remedy_template", id: "t1", fields: { name: "Walk", type: "lifestyle", disabled: true } },
      { kind: "remedy_template", id: "t2", fields: { name: "Triphala", type: "ayurvedic", days: 21 } },
      { kind: "remedy_template", id: "t3", fields: { name: "Rhus tox", type: "a kind of later" } },
    ];
    const found = templatesOf(new FakeClient(view).asClient.getState());
    expect(found.map((one) => one.name)).toEqual(["Rhus tox", "Triphala", "Walk"]);
    expect(found.slice(1).map(templateData)).toEqual([
      { template: "t2", name: "Triphala", type: "ayurvedic", language: "hi", days: 21 },
      { template: "t1", name: "Walk", type: "lifestyle", language: "hi", disabled: true },
    ]);
  });
});

describe("a phone number", () => {
  it("is written as people read it aloud", () => {
    expect(inFives("919800001005")).toBe("+91 98000 01005");
    expect(inFives("4915112345678")).toBe("+4915112345678");
    expect(inFives("0231 2345")).toBe("0231 2345");
  });
});
