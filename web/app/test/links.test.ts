import type { UplinkStatus } from "@sangam/sdk";
import { describe, expect, it } from "vitest";
import { type Heard, twoLinks } from "../src/blocks/Links.tsx";
import { common } from "../src/words/common.ts";

const uplink = (over: Partial<UplinkStatus> = {}): UplinkStatus => ({
  state: "live",
  lagMs: 0,
  backlog: { records: 0, bytes: 0, oldestAt: null },
  lastHeard: "2026-11-23T04:54:00.000Z",
  ...over,
});
const backlog = (records: number) => ({
  records,
  bytes: 100 * records,
  oldestAt: "2026-11-23T04:42:00.000Z",
});

const live: Heard = {
  node: "site",
  here: "live",
  agoMs: 1000,
  everyMs: 5000,
  toSend: 0,
  uplink: uplink(),
  centreAgoMs: 1000,
};
const minutes = (n: number) => n * 60_000;

const cases: Record<string, [Partial<Heard>, string, string, string]> = {
  "all is heard": [{}, "whole", "whole", "Real-time. The centre hears this site."],
  "only polls are answered": [
    { here: "fallback", agoMs: 4000 },
    "slow",
    "whole",
    "Fallback. Asking every 5 s, last answer 4 s ago.",
  ],
  "the centre is behind": [
    { uplink: uplink({ state: "lagging", lagMs: minutes(3), backlog: backlog(214) }) },
    "whole",
    "slow",
    "Real-time here. The centre is 3 min behind, 214 changes on the way.",
  ],
  "the centre is silent": [
    { uplink: uplink({ state: "silent", backlog: backlog(31) }), centreAgoMs: minutes(12) },
    "whole",
    "unheard",
    "Working locally. The centre last heard 12 min ago, 31 changes waiting.",
  ],
  "the centre is silent and nothing waits": [
    { uplink: uplink({ state: "silent" }), centreAgoMs: minutes(12) },
    "whole",
    "unheard",
    "Working locally. The centre last heard 12 min ago.",
  ],
  "the centre was never heard": [
    { uplink: uplink({ state: "connecting", backlog: backlog(1), lastHeard: null }), centreAgoMs: null },
    "whole",
    "never",
    "Working locally. The centre has not been heard yet, 1 change waiting.",
  ],
  "a state of tomorrow": [
    { uplink: uplink({ state: "asleep" }), centreAgoMs: minutes(2) },
    "whole",
    "unheard",
    "Working locally. The centre last heard 2 min ago.",
  ],
  "the site has no line": [
    { uplink: uplink({ state: "off" }) },
    "whole",
    "never",
    "Real-time here. This site has no line to a centre.",
  ],
  "the centre refuses": [
    { uplink: uplink({ state: "rejected" }) },
    "whole",
    "unheard",
    "Refused by the centre. It does not know this site’s key: an admin should look.",
  ],
  "this screen is cut off": [
    { here: "offline", agoMs: minutes(6), toSend: 2 },
    "unheard",
    "unheard",
    "Offline. The site last heard 6 min ago, 2 changes will be sent.",
  ],
  "this screen is cut off with nothing to send": [
    { here: "offline", agoMs: minutes(6) },
    "unheard",
    "unheard",
    "Offline. The site last heard 6 min ago.",
  ],
  "beats stopped and the cause is not known": [
    { here: "unknown", agoMs: 14_000 },
    "unheard",
    "unheard",
    "Unknown. The site last heard 14 s ago.",
  ],
  "just opened": [
    { here: "unknown", agoMs: null, uplink: null },
    "never",
    "never",
    "Unknown. Just opened, nothing heard yet.",
  ],
  "opened while the box is off": [
    { here: "offline", agoMs: null, uplink: null },
    "never",
    "never",
    "Offline. Just opened, nothing heard yet.",
  ],
  "the site has not told of the centre": [
    { uplink: null },
    "whole",
    "never",
    "Real-time here. This screen hears the site.",
  ],
  "a screen of the centre": [
    { node: "centre", uplink: null },
    "whole",
    "never",
    "Real-time. This screen hears the centre.",
  ],
};

describe("two links, one sentence", () => {
  it.each(Object.entries(cases))("when %s", (_, [over, here, centre, sentence]) => {
    const links = twoLinks({ ...live, ...over }, common.in("en"));
    expect(`${links.strong} ${links.rest}`).toBe(sentence);
    expect([links.here, links.centre]).toEqual([here, centre]);
  });

  it("says the same in Hindi and Marathi, with nothing left open", () => {
    for (const [over] of Object.values(cases)) {
      for (const lang of ["hi", "mr"] as const) {
        const links = twoLinks({ ...live, ...over }, common.in(lang));
        expect(`${links.strong} ${links.rest}`).not.toMatch(/[{}]|undefined|[A-Za-z]/);
      }
    }
  });
});
