// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { clipOfFile, clipsOf, spoken, wavOf } from "../src/admin/voices.ts";
import { LANGS } from "../src/words/catalogue.ts";

describe("the clips to record", () => {
  it("are all that boards speak, each in one group", () => {
    const count = { hi: 132, mr: 133, en: 131 };
    for (const lang of LANGS) {
      const groups = clipsOf(lang);
      expect([groups.letters.length, groups.numbers.length], lang).toEqual([26, 100]);
      expect(new Set(Object.values(groups).flat()).size, lang).toBe(count[lang]);
    }
  });
});

describe("a file", () => {
  const of = (path: string, inHand: "hi" | "mr" | "en" = "hi") => {
    const named = clipOfFile(path, inHand);
    return named && `${named.lang}/${named.clip}`;
  };

  it("is for the clip that its name and folder say", () => {
    expect(of("17.mp3")).toBe("hi/17");
    expect(of("17.mp3", "en")).toBe("en/17");
    expect(of("mr/17.webm")).toBe("mr/17");
    expect(of("voices/mr/one_hundred.wav")).toBe("mr/one_hundred");
    expect(of("en-token.MP3")).toBe("en/token");
    expect(of("mr_07.ogg")).toBe("mr/7");
    expect(of("EN/A.wav")).toBe("en/a");
    expect(of("recordings/17.mp3", "mr")).toBe("mr/17");
  });

  it("is for none when no clip has its name", () => {
    for (const path of [
      "100.mp3",
      "hello.mp3",
      "ta/toString.mp3",
      "toString.mp3",
      "constructor",
      "",
      "hi/.mp3",
      "come.mp3",
    ])
      expect(of(path, "en"), path).toBe(null);
  });
});

describe("a recording", () => {
  const samples = (...parts: [length: number, level: number][]) =>
    Float32Array.from(parts.flatMap(([length, level]) => Array<number>(length).fill(level)));

  it("is kept without the silence around it", () => {
    const said = spoken(samples([16_000, 0.001], [8_000, -0.5], [4_000, 0], [100, 0.3], [32_000, 0.01]));
    expect(said).toHaveLength(960 + 8_000 + 4_000 + 100 + 960);
    expect(spoken(samples([10, 0.5]))).toHaveLength(10);
    expect(spoken(samples([16_000, 0.01]))).toHaveLength(0);
  });

  it("is a WAV file that any browser plays", async () => {
    const file = wavOf(Float32Array.from([0, 1, -1, 7]));
    const bytes = new DataView(await file.arrayBuffer());
    expect(file.type).toBe("audio/wav");
    expect(new TextDecoder().decode(bytes.buffer.slice(0, 4))).toBe("RIFF");
    expect([
      bytes.byteLength,
      bytes.getUint32(4, true),
      bytes.getUint32(24, true),
      bytes.getUint32(40, true),
    ]).toEqual([52, 44, 16_000, 8]);
    expect([0, 1, 2, 3].map((i) => bytes.getInt16(44 + i * 2, true))).toEqual([0, 32767, -32767, 32767]);
  });
});
