import { type ReactNode, useEffect, useState } from "react";
import { useCommon } from "../words/Language.tsx";
import { Name, Token, type Tone } from "./small.tsx";

export interface LineProps {
  /** 1-based; a node where an icon stands for it; absent for those who are not to be called. */
  place?: ReactNode;
  token: string;
  name?: ReactNode;
  tail?: ReactNode;
  tone?: Tone;
  /** On hold, gone, ended: still in the list but not in the queue. */
  aside?: boolean;
  now?: boolean;
  chosen?: boolean;
  /** Names the line in the page, so that focus can find it again when the list moved. */
  id?: string;
  onChoose?(): void;
}

/** One person in a queue: place, token, name, why and minutes, on one grid. */
export function Line(props: LineProps) {
  const kind = ["line", props.now && "now", props.aside && "gone", props.tone].filter(Boolean).join(" ");
  const cells = (
    <>
      <span className="place">{props.place}</span> <Token>{props.token}</Token>
      <span className="name">{typeof props.name === "string" ? <Name>{props.name}</Name> : props.name}</span>
      <span className="tail">{props.tail}</span>
    </>
  );
  if (!props.onChoose) return <li className={kind}>{cells}</li>;
  return (
    <li>
      <button
        type="button"
        className={kind}
        data-line={props.id}
        onClick={props.onChoose}
        {...(props.chosen ? { "aria-current": true } : {})}
      >
        {cells}
      </button>
    </li>
  );
}

/** Grey bones in the final grid, and only when there is something to wait for: nothing before 300 ms. */
export function Bones({ lines = 3 }: { lines?: number }) {
  const say = useCommon();
  const late = useLate(300);
  if (!late) return null;
  return (
    <>
      <p className="unseen" role="status">
        {say("loading")}
      </p>
      <ol aria-hidden="true">
        {Array.from({ length: lines }, (_, i) => (
          <li className="line" key={i}>
            <span className="place">
              <span className="bone" />
            </span>
            <span className="bone" />
            <span className="name">
              <span className="bone" />
            </span>
            <span className="tail" />
          </li>
        ))}
      </ol>
    </>
  );
}

/** True once `ms` have passed since the block appeared. */
export function useLate(ms: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return late;
}
