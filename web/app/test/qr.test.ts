import { describe, expect, it } from "vitest";
import { qrCode, qrPath } from "../src/blocks/qr.ts";

/** Drawn by this encoder and read back by an independent decoder, then kept. */
const SANGAM = `
#######.#..##.#######
#.....#...#...#.....#
#.###.#..###..#.###.#
#.###.#.###...#.###.#
#.###.#.#.###.#.###.#
#.....#.#...#.#.....#
#######.#.#.#.#######
........#............
#...#.####..######..#
.#..##...##.###...##.
#.#####.#...##.....#.
..#.##.##.###..#...##
.#.#.####.##..###..##
........##.##....#...
#######.####..######.
#.....#......##.#...#
#.###.#.#...#####...#
#.###.#..#..###.#####
#.###.#...#.##..#.#..
#.....#..####...#....
#######.#.##..#.....#`;

describe("a QR code", () => {
  it("is drawn as decoders read it", () => {
    const drawn = qrCode("sangam").map((row) => row.map((dark) => (dark ? "#" : ".")).join(""));
    expect(`\n${drawn.join("\n")}`).toBe(SANGAM);
  });

  it("has the size of the least version that holds the text", () => {
    expect([14, 15, 60, 200, 666].map((n) => qrCode("x".repeat(n)).length)).toEqual([21, 25, 33, 57, 97]);
    expect(() => qrCode("x".repeat(667))).toThrow(RangeError);
  });

  it("counts bytes, not letters", () => {
    expect(qrCode("आश्रम").length).toBe(qrCode("x".repeat(15)).length);
  });

  it("is one path of whole modules", () => {
    expect(qrPath([[true, true, false, true]])).toBe("M0 0h2v1h-2zM3 0h1v1h-1z");
  });
});
