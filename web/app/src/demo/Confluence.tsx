import { useEffect, useRef } from "react";
import type { Site } from "./live.ts";
import { flows } from "./mood.ts";
import {
  arrive,
  BEAD_MS,
  type Beads,
  beadAt,
  HEIGHT,
  isStill,
  NO_BEADS,
  pathsOf,
  step,
  streamOf,
  WIDTH,
} from "./river.ts";

/** The mark of Sangam, alive: a stream is a line, a bead an edit. A line that is cut has no stream. */
export function Confluence({ sites }: { sites: readonly Site[] }) {
  const rim = useRef<SVGPathElement>(null);
  const bead = useRef<SVGPathElement>(null);
  useBeads(sites, (d) => {
    rim.current?.setAttribute("d", d);
    bead.current?.setAttribute("d", d);
  });
  return (
    <svg
      className="confluence"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {sites.map(
        (site, row) =>
          flows(site) &&
          pathsOf(streamOf(row, sites.length)).map(({ d, current }) => (
            <path key={`${site.id} ${d}`} className={current ? "current" : "water"} d={d} />
          )),
      )}
      <path className="bead-rim" ref={rim} />
      <path className="bead" ref={bead} />
    </svg>
  );
}

/** Moves beads frame by frame while there are any; somebody who asks for less motion sees each stand still once. */
function useBeads(sites: readonly Site[], draw: (d: string) => void) {
  const kept = useRef(new Map<string, { arrived: number; beads: Beads }>());
  const frame = useRef(0);
  const latest = useRef({ sites, draw });
  latest.current = { sites, draw };
  const arrived = sites.map((site) => site.arrived).join();
  useEffect(() => {
    for (const site of latest.current.sites) {
      const was = kept.current.get(site.id);
      // Those that arrived before the page was opened are no news.
      const beads = was ? arrive(was.beads, site.arrived - was.arrived) : NO_BEADS;
      kept.current.set(site.id, { arrived: site.arrived, beads });
    }
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    function move(now: number) {
      let d = "";
      let moving = false;
      latest.current.sites.forEach((site, row, all) => {
        const one = kept.current.get(site.id);
        if (!one) return;
        one.beads = flows(site) ? step(one.beads, now) : NO_BEADS;
        moving ||= !isStill(one.beads);
        for (const since of one.beads.out) {
          const { x, y } = beadAt(streamOf(row, all.length), still ? 0.5 : (now - since) / BEAD_MS);
          d += `M${x.toFixed(1)} ${y.toFixed(1)}h.01`;
        }
      });
      latest.current.draw(d);
      frame.current = moving ? requestAnimationFrame(move) : 0;
    }
    if (!frame.current) frame.current = requestAnimationFrame(move);
  }, [arrived]); // the rest is read as it is then
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
}
