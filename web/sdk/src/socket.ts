/** One socket to the node: parses its frames, and says once how it ended. Knows nothing of cursors. */
import type { Deps } from "./types.ts";
import type { ClientFrame, ServerFrame } from "./wire.ts";

/** Longer text frames are refused by the node; such an action goes by POST. */
export const maxFrameBytes = 60 * 1024;

/** A socket that has not said hello after this long counts as failed. */
const helloMs = 5_000;

export interface Line {
  /** False when it is not open. */
  send(frame: ClientFrame): boolean;
  close(): void;
}

export interface LineEvents {
  frame(frame: ServerFrame): void;
  /** Once; not after close(). `code` 1006 when nobody said why. */
  ended(code: number): void;
}

export function openLine(deps: Deps, url: string, events: LineEvents): Line {
  let socket: WebSocket | undefined;
  try {
    socket = new deps.WebSocket(url);
  } catch {
    // There are none here (Node 20), or this page may not open one (https to http): it fails like any other.
  }
  let over = false;
  let greeted = false;
  const timer = deps.setTimeout(
    () => {
      if (!greeted) finish(1006);
    },
    socket ? helloMs : 0,
  );

  function finish(code: number | null): void {
    if (over) return;
    over = true;
    deps.clearTimeout(timer);
    if (socket) {
      socket.onmessage = socket.onclose = null;
      // A socket that is closed while it connects reports an error nobody wants to hear.
      socket.onerror = () => {};
      socket.close();
    }
    if (code !== null) events.ended(code);
  }

  const read = (message: MessageEvent) => {
    let frame: ServerFrame;
    try {
      frame = JSON.parse(String(message.data)) as ServerFrame;
    } catch {
      finish(1007);
      return;
    }
    if (frame.frame === "hello") greeted = true;
    events.frame(frame);
  };
  if (socket) {
    socket.onmessage = read;
    socket.onclose = (close: CloseEvent) => finish(close.code);
    socket.onerror = () => finish(1006);
  }

  return {
    send(frame) {
      if (over || socket?.readyState !== 1) return false;
      socket.send(JSON.stringify(frame));
      return true;
    },
    close: () => finish(null),
  };
}
