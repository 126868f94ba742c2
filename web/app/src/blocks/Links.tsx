import type { UplinkStatus } from "@sangam/sdk";
import type { ReactNode } from "react";
import { useCommon } from "../words/Language.tsx";
import { type SayCommon, span } from "../words/times.ts";
import type { Tone } from "./small.tsx";

/** What this screen knows of the two hops: itself to its node, and the site to the centre. */
export interface Heard {
  node: "site" | "centre";
  here: "live" | "fallback" | "offline" | "unknown";
  /** Since this screen last heard its node, in ms; null when never. */
  agoMs: number | null;
  /** In fallback: how often this screen asks. */
  everyMs?: number;
  /** Actions that wait on this screen. */
  toSend: number;
  /** As the site last told it; null at the centre, or when not told yet. */
  uplink: UplinkStatus | null;
  /** Since the site last heard the centre, in ms by the site's own clock; null when never. */
  centreAgoMs: number | null;
}

export type Hop = "whole" | "slow" | "unheard" | "never";
export interface TwoLinks {
  here: Hop;
  centre: Hop;
  strong: string;
  rest: string;
}

/** The sentence and the picture are chosen together, so that they cannot disagree. */
export function twoLinks(heard: Heard, say: SayCommon): TwoLinks {
  if (heard.agoMs === null) {
    const strong = say(heard.here === "offline" ? "linkOffline" : "linkUnknown");
    return { here: "never", centre: "never", strong, rest: say("nothingHeard") };
  }
  const ago = say("ago", { span: span(heard.agoMs, say) });
  if (heard.here === "unknown") {
    const rest = say(heard.node === "centre" ? "centreScreenLast" : "siteLast", { ago });
    return { here: "unheard", centre: "unheard", strong: say("linkUnknown"), rest };
  }
  if (heard.here === "offline") {
    return {
      here: "unheard",
      centre: "unheard",
      strong: say("linkOffline"),
      rest: offlineRest(heard, ago, say),
    };
  }
  const centre = centreOf(heard, say);
  if (heard.here === "live") return { here: "whole", ...centre };
  const every = span(heard.everyMs ?? 0, say);
  return {
    here: "slow",
    centre: centre.centre,
    strong: say("linkFallback"),
    rest: say("asking", { every, ago }),
  };
}

function offlineRest(heard: Heard, ago: string, say: SayCommon): string {
  if (heard.node === "centre") return say("centreScreenLast", { ago });
  if (heard.toSend === 0) return say("siteLast", { ago });
  return say("siteLastSend", { ago, changes: say("changes", { count: heard.toSend }) });
}

function centreOf(heard: Heard, say: SayCommon): Omit<TwoLinks, "here"> {
  const { uplink } = heard;
  if (heard.node === "centre") return { centre: "never", strong: say("linkRealtime"), rest: say("hubHears") };
  if (!uplink) return { centre: "never", strong: say("linkRealtimeHere"), rest: say("siteHears") };
  const changes = say("changes", { count: uplink.backlog.records });
  switch (uplink.state) {
    case "live":
      return { centre: "whole", strong: say("linkRealtime"), rest: say("centreHears") };
    case "lagging":
      return {
        centre: "slow",
        strong: say("linkRealtimeHere"),
        rest: say("centreBehind", { span: span(uplink.lagMs ?? 0, say), changes }),
      };
    case "off":
      return { centre: "never", strong: say("linkRealtimeHere"), rest: say("centreNone") };
    case "clock_wrong":
      return { centre: "slow", strong: say("linkRealtimeHere"), rest: say("centreClock") };
    case "cloned":
      return { centre: "unheard", strong: say("linkRealtimeHere"), rest: say("centreCloned") };
    case "rejected":
      return { centre: "unheard", strong: say("linkRefused"), rest: say("centreRejected") };
  }
  if (heard.centreAgoMs === null) {
    return { centre: "never", strong: say("linkLocal"), rest: say("centreNever", { changes }) };
  }
  const ago = say("ago", { span: span(heard.centreAgoMs, say) });
  const rest =
    uplink.backlog.records === 0 ? say("centreLastNone", { ago }) : say("centreLast", { ago, changes });
  return { centre: "unheard", strong: say("linkLocal"), rest };
}

const LOOKS: Record<Exclude<Hop, "never">, { tone: Tone; line: string }> = {
  whole: { tone: "flow", line: "" },
  slow: { tone: "heed", line: " slow" },
  unheard: { tone: "rest", line: " unheard" },
};

/** Three dots and a sentence, or what is `said` instead. The end of a line that is not heard is hollow. */
export function Links({ heard, also, said }: { heard: Heard; also?: string; said?: ReactNode }) {
  const links = twoLinks(heard, useCommon());
  const hollow = (hop: Hop) => hop === "unheard" || hop === "never";
  return (
    <p className={also ? `links ${also}` : "links"}>
      <svg className="hops" viewBox={heard.node === "centre" ? "0 0 46 14" : "0 0 78 14"} aria-hidden="true">
        <HopLine hop={links.here} from={14} />
        <circle className="node" cx="7" cy="7" r="4" />
        <circle className={hollow(links.here) ? "node unheard" : "node"} cx="39" cy="7" r="4" />
        {heard.node === "site" && (
          <>
            <HopLine hop={links.centre} from={46} />
            <circle className={hollow(links.centre) ? "node unheard" : "node"} cx="71" cy="7" r="4" />
          </>
        )}
      </svg>
      {said ?? (
        <span>
          <strong>{links.strong}</strong> {links.rest}
        </span>
      )}
    </p>
  );
}

function HopLine({ hop, from }: { hop: Hop; from: number }) {
  if (hop === "never") return null;
  return <path className={`hop ${LOOKS[hop].tone}${LOOKS[hop].line}`} d={`M${from} 7h18`} />;
}
