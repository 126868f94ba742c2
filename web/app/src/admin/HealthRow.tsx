import type { ReactNode } from "react";
import { Icon } from "../blocks/Icon.tsx";
import type { Fact } from "./health.ts";

/** One thing about the box: what is so, how we know, and what can be done. */
export function HealthRow(props: Fact & { name: string; children?: ReactNode }) {
  return (
    <li className={props.tone}>
      <span className="mark">
        <Icon name={props.icon} />
      </span>
      <h3>{props.name}</h3>
      <div>
        <strong className="so">{props.so}</strong>
        <p className="how">{props.how}</p>
      </div>
      {props.children}
    </li>
  );
}
