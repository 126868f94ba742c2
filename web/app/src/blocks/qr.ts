/**
 * A QR code of a short text (ISO/IEC 18004: byte mode, error correction M, versions 1 to 20, at most
 * 666 bytes), written here because the kiosk must draw one with the line down and nothing else needs a library.
 */

/** Per version: error-correction codewords in each block, number of blocks. Level M. */
const EC_PER_BLOCK = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
const LEVEL_M = 0;

/** Rows of modules; true is dark. */
export type Modules = readonly (readonly boolean[])[];

/** Throws RangeError for a text that is too long. */
export function qrCode(text: string): Modules {
  const bytes = new TextEncoder().encode(text);
  const version = smallestFor(bytes.length);
  const codewords = withErrorCorrection(dataCodewords(bytes, version), version);
  let best: boolean[][] | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let mask = 0; mask < 8; mask++) {
    const drawn = draw(version, codewords, mask);
    const penalty = penaltyOf(drawn);
    if (penalty < least) [best, least] = [drawn, penalty];
  }
  return best ?? [];
}

/** One path for the whole code, a run of dark modules at a time. */
export function qrPath(modules: Modules): string {
  let path = "";
  modules.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      const from = x;
      while (row[x]) x++;
      if (x > from) path += `M${from} ${y}h${x - from}v1h${from - x}z`;
    }
  });
  return path;
}

/** Modules left for data and error correction after the patterns are drawn. */
function rawModules(version: number): number {
  let free = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const marks = Math.floor(version / 7) + 2;
    free -= (25 * marks - 10) * marks - 55;
    if (version >= 7) free -= 36;
  }
  return free;
}

function dataCapacity(version: number): number {
  return Math.floor(rawModules(version) / 8) - at(EC_PER_BLOCK, version - 1) * at(BLOCKS, version - 1);
}

const countBits = (version: number) => (version < 10 ? 8 : 16);

function smallestFor(length: number): number {
  for (let version = 1; version <= EC_PER_BLOCK.length; version++) {
    if (4 + countBits(version) + 8 * length <= 8 * dataCapacity(version)) return version;
  }
  throw new RangeError(`${length} bytes do not fit a QR code of version ${EC_PER_BLOCK.length}`);
}

function dataCodewords(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = [];
  const put = (value: number, width: number) => {
    for (let i = width - 1; i >= 0; i--) bits.push((value >>> i) & 1);
  };
  put(0b0100, 4);
  put(bytes.length, countBits(version));
  for (const byte of bytes) put(byte, 8);
  const room = 8 * dataCapacity(version);
  put(0, Math.min(4, room - bits.length));
  put(0, (8 - (bits.length % 8)) % 8);
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) put(pad, 8);
  const words: number[] = [];
  for (let i = 0; i < bits.length; i += 8) words.push(Number.parseInt(bits.slice(i, i + 8).join(""), 2));
  return words;
}

/** Splits into blocks, adds Reed-Solomon words to each, and interleaves. */
function withErrorCorrection(data: number[], version: number): number[] {
  const count = at(BLOCKS, version - 1);
  const ecLength = at(EC_PER_BLOCK, version - 1);
  const total = Math.floor(rawModules(version) / 8);
  const short = count - (total % count);
  const shortData = Math.floor(total / count) - ecLength;
  const divisor = generator(ecLength);
  const blocks: { data: number[]; ec: number[] }[] = [];
  for (let i = 0, from = 0; i < count; i++) {
    const part = data.slice(from, from + shortData + (i < short ? 0 : 1));
    from += part.length;
    blocks.push({ data: part, ec: remainder(part, divisor) });
  }
  const words: number[] = [];
  for (let i = 0; i <= shortData; i++) {
    for (const block of blocks) if (i < block.data.length) words.push(at(block.data, i));
  }
  for (let i = 0; i < ecLength; i++) for (const block of blocks) words.push(at(block.ec, i));
  return words;
}

/** Product in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let i = 7; i >= 0; i--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> i) & 1) * a;
  }
  return product;
}

function generator(degree: number): number[] {
  const result = [...new Array<number>(degree - 1).fill(0), 1];
  let root = 1;
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++) {
      result[j] = times(at(result, j), root) ^ (result[j + 1] ?? 0);
    }
    root = times(root, 2);
  }
  return result;
}

function remainder(data: number[], divisor: number[]): number[] {
  const result = divisor.map(() => 0);
  for (const word of data) {
    const factor = word ^ at(result, 0);
    result.shift();
    result.push(0);
    divisor.forEach((coefficient, i) => {
      result[i] = at(result, i) ^ times(coefficient, factor);
    });
  }
  return result;
}

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

function draw(version: number, codewords: number[], mask: number): boolean[][] {
  const size = 17 + 4 * version;
  const modules = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  const fixed = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  const set = (x: number, y: number, dark: boolean) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    row(modules, y)[x] = dark;
    row(fixed, y)[x] = true;
  };
  drawPatterns(set, size, version);
  drawFormat(set, size, mask);
  drawVersion(set, size, version);
  const masked = MASKS[mask];
  let i = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const upward = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step++) {
      const y = upward ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (row(fixed, y)[x]) continue;
        const bit = i < codewords.length * 8 && ((at(codewords, i >>> 3) >>> (7 - (i & 7))) & 1) === 1;
        row(modules, y)[x] = bit !== masked?.(x, y);
        i++;
      }
    }
  }
  return modules;
}

type SetModule = (x: number, y: number, dark: boolean) => void;

function drawPatterns(set: SetModule, size: number, version: number) {
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  const square = (cx: number, cy: number, reach: number, dark: (ring: number) => boolean) => {
    for (let dy = -reach; dy <= reach; dy++)
      for (let dx = -reach; dx <= reach; dx++)
        set(cx + dx, cy + dy, dark(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  const marks = alignments(version, size);
  const last = marks.length - 1;
  marks.forEach((y, j) => {
    marks.forEach((x, i) => {
      const corner = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
      if (!corner) square(x, y, 2, (ring) => ring !== 1);
    });
  });
  const finder = (ring: number) => ring !== 2 && ring !== 4;
  square(3, 3, 4, finder);
  square(size - 4, 3, 4, finder);
  square(3, size - 4, 4, finder);
}

function alignments(version: number, size: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.floor((version * 8 + count * 3 + 5) / (count * 4 - 4)) * 2;
  const marks = [6];
  for (let i = 0, position = size - 7; i < count - 1; i++, position -= step) marks.splice(1, 0, position);
  return marks;
}

function drawFormat(set: SetModule, size: number, mask: number) {
  const data = (LEVEL_M << 3) | mask;
  let rest = data;
  for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
  const bits = ((data << 10) | rest) ^ 0x5412;
  const bit = (i: number) => ((bits >>> i) & 1) === 1;
  for (let i = 0; i <= 5; i++) set(8, i, bit(i));
  set(8, 7, bit(6));
  set(8, 8, bit(7));
  set(7, 8, bit(8));
  for (let i = 9; i < 15; i++) set(14 - i, 8, bit(i));
  for (let i = 0; i < 8; i++) set(size - 1 - i, 8, bit(i));
  for (let i = 8; i < 15; i++) set(8, size - 15 + i, bit(i));
  set(8, size - 8, true);
}

function drawVersion(set: SetModule, size: number, version: number) {
  if (version < 7) return;
  let rest = version;
  for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let i = 0; i < 18; i++) {
    const dark = ((bits >>> i) & 1) === 1;
    const a = size - 11 + (i % 3);
    const b = Math.floor(i / 3);
    set(a, b, dark);
    set(b, a, dark);
  }
}

/** How hard a code is to read: long runs, blocks, shapes like a finder, and imbalance. */
function penaltyOf(modules: boolean[][]): number {
  const size = modules.length;
  const lines = modules.map((line) => line.map((dark) => (dark ? "1" : "0")).join(""));
  const columns = modules.map((_, x) => modules.map((line) => (line[x] ? "1" : "0")).join(""));
  let penalty = 0;
  for (const line of [...lines, ...columns]) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) penalty += run.length - 2;
    penalty += 40 * (line.match(/(?=10111010000|00001011101)/g) ?? []).length;
  }
  for (let y = 1; y < size; y++)
    for (let x = 1; x < size; x++) {
      const dark = row(modules, y)[x];
      if (
        dark === row(modules, y)[x - 1] &&
        dark === row(modules, y - 1)[x] &&
        dark === row(modules, y - 1)[x - 1]
      )
        penalty += 3;
    }
  const darks = lines.join("").split("1").length - 1;
  return penalty + 10 * Math.floor(Math.abs(darks * 20 - size * size * 10) / (size * size));
}

function at(list: readonly number[], i: number): number {
  return list[i] ?? 0;
}

function row(modules: boolean[][], y: number): boolean[] {
  return modules[y] ?? [];
}
