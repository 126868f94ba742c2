// A screenshot as a PNG of at most 256 colours: a third of the bytes, and nothing that a reader of the docs would see.

import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const MOST = 256;

/** Takes what Chromium makes: 8 bits a channel, RGB or RGBA, not interlaced. */
export function withPalette(png) {
  const { width, height, pixels } = decode(png);
  const palette = chosen(pixels);
  const indexOf = nearestIn(palette);
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) lines[y * (width + 1) + 1 + x] = indexOf(pixels[at++]);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((rgb) => [rgb >> 16, (rgb >> 8) & 255, rgb & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", head),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(lines, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name, data) {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

function decode(png) {
  const data = [];
  let head;
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const name = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (name === "IHDR") head = body;
    if (name === "IDAT") data.push(body);
    at += length + 12;
  }
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const bytes = { 2: 3, 6: 4 }[head[9]];
  if (head[8] !== 8 || head[12] !== 0 || !bytes) throw new Error("not a screenshot of Chromium");
  return { width, height, pixels: unfiltered(inflateSync(Buffer.concat(data)), width, height, bytes) };
}

/** Undoes the filters of the lines, which foretell a byte from those to the left, above, and above left. */
function unfiltered(lines, width, height, bytes) {
  const stride = width * bytes;
  const pixels = new Uint32Array(width * height);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1);
    const filter = lines[from];
    const line = lines.subarray(from + 1, from + 1 + stride);
    for (let i = 0; i < stride; i++) {
      const left = i < bytes ? 0 : line[i - bytes];
      const corner = i < bytes ? 0 : above[i - bytes];
      line[i] += foretold(filter, left, above[i], corner);
    }
    for (let x = 0, i = 0; x < width; x++, i += bytes)
      pixels[y * width + x] = (line[i] << 16) | (line[i + 1] << 8) | line[i + 2];
    above = line;
  }
  return pixels;
}

function foretold(filter, left, up, corner) {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const about = left + up - corner;
  const [a, b, c] = [Math.abs(about - left), Math.abs(about - up), Math.abs(about - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** The commonest colour of each small cube of colours, for the cubes that are met most. */
function chosen(pixels) {
  const counts = new Map();
  for (const rgb of pixels) counts.set(rgb, (counts.get(rgb) ?? 0) + 1);
  if (counts.size <= MOST) return [...counts.keys()];
  const cubes = new Map();
  for (const [rgb, count] of counts) {
    const key = rgb & 0xf8f8f8;
    const cube = cubes.get(key) ?? { total: 0, best: 0, rgb };
    cube.total += count;
    if (count > cube.best) Object.assign(cube, { best: count, rgb });
    cubes.set(key, cube);
  }
  return [...cubes.values()]
    .sort((a, b) => b.total - a.total)
    .slice(0, MOST)
    .map((cube) => cube.rgb);
}

function nearestIn(palette) {
  const known = new Map(palette.map((rgb, i) => [rgb, i]));
  const channels = palette.map((rgb) => [rgb >> 16, (rgb >> 8) & 255, rgb & 255]);
  return (rgb) => {
    let found = known.get(rgb);
    if (found !== undefined) return found;
    const [r, g, b] = [rgb >> 16, (rgb >> 8) & 255, rgb & 255];
    let least = Number.POSITIVE_INFINITY;
    channels.forEach(([pr, pg, pb], i) => {
      const far = (r - pr) ** 2 + (g - pg) ** 2 + (b - pb) ** 2;
      if (far < least) [least, found] = [far, i];
    });
    known.set(rgb, found);
    return found;
  };
}
