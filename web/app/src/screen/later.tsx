import { type ComponentType, useEffect, useState } from "react";

/** The code of a block that did not come is asked for again after this time, until it is there. */
const AGAIN_MS = 3000;

const rest = new Set<() => void>();

/**
 * A block whose code is a file of its own: a screen works before it is there. It is fetched when it is first drawn,
 * and until then nothing is drawn in its place.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  return fetched(load).Block;
}

/** The same for a block that must also open while the box is away: it comes right after the screen stands. */
export function soon<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const { Block, fetch } = fetched(load);
  rest.add(fetch);
  return Block;
}

/** Fetches what this page may still need. */
export function fetchRest(): void {
  for (const fetch of rest) fetch();
  rest.clear();
}

function fetched<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  let Loaded: ComponentType<Props> | null = null;
  let asked = false;
  const waiting = new Set<() => void>();
  function fetch() {
    if (asked) return;
    asked = true;
    load().then(
      (block) => {
        Loaded = block;
        for (const drawn of waiting) drawn();
      },
      () =>
        setTimeout(() => {
          asked = false;
          fetch();
        }, AGAIN_MS),
    );
  }
  function Block(props: Props) {
    const [, draw] = useState(0);
    const Known = Loaded;
    useEffect(() => {
      if (Known) return;
      const drawn = () => draw((n) => n + 1);
      if (Loaded) return drawn();
      waiting.add(drawn);
      fetch();
      return () => void waiting.delete(drawn);
    }, []);
    return Known && <Known {...props} />;
  }
  return { Block, fetch };
}
