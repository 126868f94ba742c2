import { Component, type ReactNode } from "react";
import { Empty } from "../blocks/small.tsx";
import { entry } from "../words/entry.ts";
import { useWords } from "../words/Language.tsx";

const AFTER_MS = 10_000;

/** A fault of ours must not leave a dark screen on a wall: it says so, and the page starts again by itself. */
export class Restart extends Component<{ children: ReactNode }, { fault: boolean }> {
  override state = { fault: false };

  static getDerivedStateFromError() {
    return { fault: true };
  }

  override componentDidCatch(error: unknown) {
    console.error(error);
    setTimeout(() => location.reload(), AFTER_MS);
  }

  override render() {
    return this.state.fault ? <Fault /> : this.props.children;
  }
}

function Fault() {
  const say = useWords(entry);
  return (
    <main>
      <Empty page icon="repeat" title={say("fault")}>
        {say("faultWhy")}
      </Empty>
    </main>
  );
}
