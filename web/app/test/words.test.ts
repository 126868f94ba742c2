import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { deeds } from "../src/admin/deedWords.ts";
import { records } from "../src/admin/recordWords.ts";
import { UNSAID } from "../src/admin/touched.ts";
import { kiosk } from "../src/kiosk/words.ts";
import { patient } from "../src/patient/words.ts";
import { type Lang, peopleWords, type StaffPhrase, staffWords, type Text } from "../src/words/catalogue.ts";
import { common } from "../src/words/common.ts";
import { entry } from "../src/words/entry.ts";
import { pending } from "../src/words/pending.ts";
import { REFUSALS, refusalInHindi } from "../src/words/refusals.ts";
import { clock, dayAndDate, span, waitRange } from "../src/words/times.ts";

interface AnyCatalogue {
  phrases: Record<string, StaffPhrase>;
  langs: readonly Lang[];
}

/** Every catalogue of every screen, also those written after this test. */
const modules = import.meta.glob<Record<string, unknown>>(["../src/*/*ords.ts", "../src/words/*.ts"], {
  eager: true,
});
const isCatalogue = (made: unknown): made is AnyCatalogue =>
  typeof made === "object" && made !== null && "phrases" in made && "langs" in made;
const all = Object.entries(modules).flatMap(([file, exported]) =>
  Object.values(exported)
    .filter(isCatalogue)
    .flatMap(({ phrases, langs }) =>
      Object.entries(phrases).map(([key, phrase]) => ({ name: file, key, phrase, langs })),
    ),
);

const forms = (text: Text | undefined) =>
  text === undefined ? [] : typeof text === "string" ? [text] : [text.one, text.other];
const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
const langs = (phrase: StaffPhrase) =>
  (["en", "hi", "mr"] as const).filter((lang) => phrase[lang] !== undefined);

describe("the words", () => {
  it("say every phrase in each language that its readers speak", () => {
    expect(all.length).toBeGreaterThan(200);
    for (const { name, key, phrase, langs } of all) {
      for (const lang of langs) {
        expect(phrase[lang], `${name} ${key} in ${lang}`).toBeDefined();
        for (const form of forms(phrase[lang])) expect(form.trim(), `${name} ${key} in ${lang}`).not.toBe("");
      }
    }
  });

  it("fill the same slots in every language", () => {
    for (const { name, key, phrase } of all) {
      const english = slots(forms(phrase.en).at(-1) ?? "");
      for (const lang of langs(phrase)) {
        for (const form of forms(phrase[lang])) {
          expect(new Set(slots(form)), `${name}.${key} in ${lang}: ${form}`).toEqual(new Set(english));
        }
      }
    }
  });

  it("write Hindi and Marathi in their own script, with Latin digits", () => {
    for (const { name, key, phrase } of all) {
      for (const lang of ["hi", "mr"] as const) {
        for (const form of forms(phrase[lang])) {
          expect(form, `${name}.${key} in ${lang}`).not.toMatch(/[०-९]/);
          const letters = form.replace(/\{\w+\}/g, "").match(/\p{L}/gu);
          if (letters) expect(form, `${name}.${key} in ${lang}`).toMatch(/[\u0900-\u097F]/);
        }
      }
    }
  });

  it("never say to people what only we call it", () => {
    for (const { name, key, phrase } of all) {
      for (const form of forms(phrase.en))
        expect(form, `${name}.${key}`).not.toMatch(/\b(sync|socket|server|error)\b|!/i);
    }
  });

  it("have one word for one thing (docs/adding-a-feature.md)", () => {
    // The right side of an arrow is what we say; what is on the left once stood beside it.
    const once: [RegExp, string][] = [
      [/कतार|पंक्ति में लग/, "क़तार"],
      [/पेज/, "पन्ना"],
      [/डेस्क/, "काउंटर"],
      [/तय समय [बरप]|तय समय$/, "बुकिंग, for staff"],
      [/ख़ामोश|कुछ नहीं सुना|कभी नहीं सुना/, "मौन, संपर्क"],
      [/(?<!ा)बाकी/, "बाक़ी"],
      [/खाली|गलत|ज़रुर|जरूर/, "ख़ाली, ग़लत, ज़रूर"],
      [/तुम्हारा|तुम्हें|करो(?!ड़)|(?<![\u0900-\u097F])(तुम|तू)(?![\u0900-\u097F])/, "आप"],
      [/खाना छोड़/, "a field is left, not a meal"],
    ];
    for (const { name, key, phrase } of all) {
      for (const form of forms(phrase.hi)) {
        for (const [other, ours] of once) expect(form, `${name}.${key}: ${ours}`).not.toMatch(other);
      }
      for (const form of forms(phrase.mr)) expect(form, `${name}.${key}`).not.toMatch(/कतार|येथे|बोलवा|क़|ज़/);
    }
  });

  it("tell in Hindi what a node refuses in English, as its code says it", async () => {
    const clinic = fileURLToPath(new URL("../../../internal/clinic/", import.meta.url));
    const files = (await readdir(clinic)).filter(
      (name) => name.endsWith(".go") && !name.endsWith("_test.go"),
    );
    const code = (await Promise.all(files.map((name) => readFile(clinic + name, "utf8")))).join("");
    for (const [en, hi] of REFUSALS) {
      expect(code.includes(`"${en}"`), `no node says ${en}`).toBe(true);
      expect(hi.match(/%[sd]/g), en).toEqual(en.match(/%[sd]/g));
    }
    expect(refusalInHindi("B002 was called a moment ago. Call again in 41 s.")).toBe(
      "B002 को अभी-अभी बुलाया गया। 41 से. बाद फिर बुलाएँ।",
    );
    expect(refusalInHindi("Nobody ever said this.")).toBeNull();
  });

  it("name every field of a site's records that an audit may tell", async () => {
    const schema = await readFile(
      fileURLToPath(new URL("../../../internal/clinic/schema.go", import.meta.url)),
      "utf8",
    );
    const kinds = schema
      .slice(0, schema.indexOf("type trait"))
      .matchAll(/: +site\(([\s\S]*?)\),\n(?=\tKind|\n)/g);
    const names = new Set<string>();
    for (const [, kind = ""] of kinds)
      for (const [, listed = ""] of kind.matchAll(/(?:text|once|grow)\(((?:"[^"]*"(?:\s*\+\s*)?)+)\)/g))
        for (const name of listed.replace(/"\s*\+\s*"|"/g, "").split(" ")) names.add(name);
    expect(names.size).toBeGreaterThan(100);
    const unnamed = [...names].filter((name) => !UNSAID.has(name) && !(`field.${name}` in records.phrases));
    expect(unnamed).toEqual([]);
  });

  it("name each deed in one place", () => {
    const twice = Object.keys(deeds.phrases).filter((key) => key in pending.phrases);
    expect(twice).toEqual([]);
  });

  it("refuse a phrase that lacks a language or a slot, before it is built", () => {
    const words = peopleWords({ hello: { en: "Hello {name}", hi: "नमस्ते {name}", mr: "नमस्कार {name}" } });
    expect(words.in("mr")("hello", { name: "Asha" })).toBe("नमस्कार Asha");
    // @ts-expect-error a slot is not filled
    words.in("en")("hello");
    // @ts-expect-error there is no such phrase
    expect(words.in("en")("helo")).toBe("helo");
    // @ts-expect-error people read Marathi too
    peopleWords({ hello: { en: "Hello", hi: "नमस्ते" } });
    // @ts-expect-error Hindi counts too
    staffWords({ people: { en: { one: "{count} person", other: "{count} people" }, hi: "{count} लोग" } });
  });

  it("let staff who read Marathi have Hindi where there is no Marathi", () => {
    expect(entry.in("mr")("goOn")).toBe(entry.in("hi")("goOn"));
  });
});

describe("counting", () => {
  it("follows the rules of each language", () => {
    expect(patient.in("en")("before", { count: 1 })).toBe("1 person before you");
    expect(patient.in("en")("before", { count: 4 })).toBe("4 people before you");
    expect(patient.in("en")("before", { count: 0 })).toBe("0 people before you");
    expect(common.in("hi")("willBeSent", { count: 0 })).toBe("जुड़ते ही 0 बदलाव भेजा जाएगा।");
    expect(common.in("hi")("willBeSent", { count: 2 })).toBe("जुड़ते ही 2 बदलाव भेजे जाएँगे।");
    expect(kiosk.in("mr")("clears", { count: 1 })).toBe("ही स्क्रीन 1 सेकंदात कोरी होईल");
    expect(kiosk.in("mr")("clears", { count: 20 })).toBe("ही स्क्रीन 20 सेकंदांत कोरी होईल");
  });
});

describe("times", () => {
  const at = "2026-11-23T04:24:00.000Z";

  it("are those of the site's zone, wherever the browser is", () => {
    expect(clock(at, "Asia/Kolkata")).toBe("9:54");
    expect(clock(at, "America/New_York")).toBe("23:24");
    expect(clock("2026-11-22T18:30:00.000Z", "Asia/Kolkata")).toBe("0:00");
    expect(clock("not a time", "Asia/Kolkata")).toBe("");
  });

  it("name days in the reader's language with Latin digits", () => {
    expect(dayAndDate(at, "en", "Asia/Kolkata")).toBe("Monday 23 November");
    expect(dayAndDate(at, "hi", "Asia/Kolkata")).toBe("सोमवार 23 नवंबर");
    expect(dayAndDate(at, "mr", "Asia/Kolkata")).toBe("सोमवार 23 नोव्हेंबर");
  });

  it("say an age in its largest whole unit, never nothing", () => {
    const say = common.in("en");
    const said = [0, 24_999, 60_000, 12 * 60_000, 3 * 3_600_000, 50 * 3_600_000].map((ms) => span(ms, say));
    expect(said).toEqual(["1 s", "24 s", "1 min", "12 min", "3 h", "2 days"]);
  });

  it("tell a wait as a range, and nothing when it is not known", () => {
    expect(waitRange({ low: 15, high: 30 }, common.in("en"))).toBe("15–30 min");
    expect(waitRange({ low: 0, high: 15 }, common.in("en"))).toBe("up to 15 min");
    expect(waitRange(null, common.in("en"))).toBeNull();
  });
});
