import type { ReactNode } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { type Heard, Links } from "../blocks/Links.tsx";
import { Name } from "../blocks/small.tsx";
import { entry } from "../words/entry.ts";
import { useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { useNow } from "./now.ts";

const OFFSETS = [0, 24, 48, 72, 96];

/** The left bank of every page before the work: the place, its day, its links, and the river. */
export function Bank(props: {
  title: string;
  zone?: string | undefined;
  heard?: Heard;
  children?: ReactNode;
}) {
  const say = useWords(entry);
  const { lang } = useLanguage();
  const now = useNow(1000);
  return (
    <aside className="bank" aria-label={say("thisPlace")}>
      <p className="brand">
        <Icon name="sangam" /> Sangam
      </p>
      {props.title && (
        <h2>
          <Name>{props.title}</Name>
        </h2>
      )}
      {props.children ?? (
        <p className="soft">
          {dayAndDate(now, lang, props.zone)}, {clock(now, props.zone)}
        </p>
      )}
      {props.heard && <Links heard={props.heard} />}
      <svg className="banks" viewBox="0 0 320 390" aria-hidden="true">
        <g className="a">
          {OFFSETS.map((d, i) => (
            <path
              key={d}
              d={`M-10 ${20 + d}C${100 - 8 * i} ${20 + d} ${152 - 12 * i} 130 ${152 - 12 * i} 400`}
            />
          ))}
        </g>
        <g className="b">
          {OFFSETS.map((d, i) => (
            <path
              key={d}
              d={`M330 ${20 + d}C${220 + 8 * i} ${20 + d} ${168 + 12 * i} 130 ${168 + 12 * i} 400`}
            />
          ))}
        </g>
      </svg>
    </aside>
  );
}
