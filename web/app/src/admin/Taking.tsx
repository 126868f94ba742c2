import type { ReactNode } from "react";
import { Icon, type IconName } from "../blocks/Icon.tsx";

/** Something to take out, or to ask for: what it is, and the one thing to press. */
export function Taking(props: { icon: IconName; name: string; how: string; children: ReactNode }) {
  return (
    <li>
      <Icon name={props.icon} />
      <div>
        <h3>{props.name}</h3>
        <p className="soft note">{props.how}</p>
      </div>
      {props.children}
    </li>
  );
}
