// A line between a browser and a site that can be bad in the ways lines are: cut, deaf, held back, slow, without sockets.

import { connect, createServer } from "node:net";

/** Passes everything on to `port`, until told otherwise. Sockets and other requests can be treated apart. */
export async function startLine(port) {
  const pairs = new Set();
  const state = { socketsRefused: false, swallow: false, holdMs: 0, refuse: false };

  const server = createServer((near) => {
    if (state.refuse) {
      near.destroy();
      return;
    }
    const far = connect(port, "127.0.0.1");
    const pair = { near, far, isSocket: false, freeAt: 0 };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const one of [near, far]) {
      one.on("error", end);
      one.on("close", end);
    }
    near.on("data", (bytes) => {
      if (bytes.subarray(0, 7).toString() === "GET /ws") {
        if (state.socketsRefused) {
          end();
          return;
        }
        pair.isSocket = true;
      }
      if (!state.swallow) far.write(bytes);
    });
    far.on("data", (bytes) => {
      if (state.swallow) return;
      // What comes after what is held back is held back as well.
      pair.freeAt = Math.max(pair.freeAt, Date.now() + state.holdMs);
      setTimeout(() => near.write(bytes), pair.freeAt - Date.now());
    });
  });
  await new Promise((up) => server.listen(0, "127.0.0.1", up));

  function cut(which) {
    for (const pair of [...pairs]) {
      if (!which(pair)) continue;
      pairs.delete(pair);
      pair.near.destroy();
      pair.far.destroy();
    }
  }

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** How many sockets of browsers go through it now. */
    sockets: () => [...pairs].filter((pair) => pair.isSocket).length,
    /** Sockets are cut and refused; requests go through. */
    refuseSockets(yes) {
      state.socketsRefused = yes;
      if (yes) cut((pair) => pair.isSocket);
    },
    /** Nothing comes through in either direction, and nobody is told. */
    swallow(yes) {
      state.swallow = yes;
      if (!yes) cut(() => true); // bytes are missing: no such connection goes on
    },
    /** What the site says arrives so much later, as behind a proxy that buffers. */
    hold(ms) {
      state.holdMs = ms;
    },
    /** The cable is out. */
    unplug(yes) {
      state.refuse = yes;
      if (yes) cut(() => true);
    },
    async stop() {
      cut(() => true);
      await new Promise((down) => server.close(down));
    },
  };
}
