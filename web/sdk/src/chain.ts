/**
 * Where a reader stands, and whether what a socket brings continues it. Pure: it says what to do, and does nothing.
 *
 * A frame that does not continue the cursor leaves a doubt; the reader asks the node to go on from the cursor, and
 * drops what is already under way until a frame or beat fits again.
 */
export interface Chain {
  /** Null: a snapshot is needed first. */
  readonly cursor: string | null;
  /** A gap was seen and is not closed yet. */
  readonly doubt: boolean;
  /** A snapshot or poll brought everything up to here; null: what was held is void. */
  stand(at: string | null): void;
  /** The node was asked to go on from the cursor. */
  asked(): void;
  frame(from: string, to: string): "apply" | "drop" | "gap";
  beat(at: string): "whole" | "wait" | "gap" | "broken";
  /** The socket is gone, and with it what was expected of it. */
  lost(): void;
}

/** A beat or two may have left before the node heard the question; more say that it will not close the gap. */
const beatsToClose = 2;

export function createChain(): Chain {
  let cursor: string | null = null;
  let asking = false;
  let doubt = false;
  let beats = 0;

  function close(): void {
    asking = doubt = false;
    beats = 0;
  }

  return {
    get cursor() {
      return cursor;
    },
    get doubt() {
      return doubt;
    },
    stand(at) {
      cursor = at;
      doubt = at === null;
      beats = 0;
    },
    asked() {
      asking = true;
    },
    frame(from, to) {
      if (from === cursor) {
        cursor = to;
        close();
        return "apply";
      }
      if (asking || cursor === null) return "drop";
      doubt = true;
      return "gap";
    },
    beat(at) {
      if (cursor === null) return "wait";
      if (at === cursor) {
        close();
        return "whole";
      }
      if (asking) return ++beats > beatsToClose ? "broken" : "wait";
      doubt = true;
      return "gap";
    },
    lost: close,
  };
}
