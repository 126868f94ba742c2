/** The geometry of the confluence: a stream a site, from its card to the centre, in a picture of 1440 by 392. */
export const WIDTH = 1440;
export const HEIGHT = 392;
const GAP = 16;
const BANKS = [-24, -12, 0, 12, 24];
const MEETS = [-8.4, -4.2, 0, 4.2, 8.4];
const [FROM, STRAIGHT, TO] = [330, 400, 1090] as const;

/** Where a stream begins and where it comes to the centre. */
export interface Stream {
  from: number;
  to: number;
}

export function streamOf(row: number, rows: number): Stream {
  const height = (HEIGHT - GAP * (rows - 1)) / rows;
  return { from: height / 2 + row * (height + GAP), to: HEIGHT / 2 + 16 * (row - (rows - 1) / 2) };
}

/** The lines of a stream: the water, and in its middle the current that beads go along. */
export function pathsOf({ from, to }: Stream): { d: string; current: boolean }[] {
  return BANKS.map((bank, i) => {
    const y0 = from + bank;
    const y1 = to + (MEETS[i] ?? 0);
    return {
      d: `M0 ${y0}H${STRAIGHT}C760 ${y0} 740 ${y1} ${TO} ${y1}H${WIDTH}`,
      current: bank === 0,
    };
  });
}

/** Where a bead is after a share of its way, from 0 at the site to 1 at the centre. */
export function beadAt({ from, to }: Stream, share: number): { x: number; y: number } {
  const straight = (STRAIGHT - FROM) / (TO - FROM);
  if (share < straight) return { x: FROM + (share / straight) * (STRAIGHT - FROM), y: from };
  const t = (share - straight) / (1 - straight);
  const u = 1 - t;
  const along = (a: number, b: number, c: number, d: number) =>
    u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d;
  return { x: along(STRAIGHT, 760, 740, TO), y: along(from, from, to, to) };
}

/** Beads on their way along one stream. A bead stands for an edit that has arrived: what did not arrive never moves. */
export interface Beads {
  /** Edits that are not shown yet. */
  due: number;
  /** When each bead set out, oldest first. */
  out: readonly number[];
}

export const NO_BEADS: Beads = { due: 0, out: [] };
export const BEAD_MS = 1600;
const APART_MS = 130;
/** More than these at once cannot be told apart: a great flood is shown by as many. */
const MOST_DUE = 24;

export function arrive(beads: Beads, edits: number): Beads {
  return edits > 0 ? { ...beads, due: Math.min(MOST_DUE, beads.due + edits) } : beads;
}

export function step(beads: Beads, now: number): Beads {
  const out = beads.out.filter((since) => now - since < BEAD_MS);
  const last = out.at(-1);
  if (beads.due === 0 || (last !== undefined && now - last < APART_MS)) return { ...beads, out };
  return { due: beads.due - 1, out: [...out, now] };
}

export const isStill = (beads: Beads) => beads.due === 0 && beads.out.length === 0;
