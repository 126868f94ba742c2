// @vitest-environment happy-dom
import type { Client } from "@sangam/sdk";
import { render } from "preact";
import { act } from "preact/test-utils";
import { type ReactNode, StrictMode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { settle } from "../../sdk/test/clock.ts";
import { World } from "../../sdk/test/world.ts";
import {
  ConnectionStatus,
  nextPublicSettings,
  RealtimeProvider,
  useAdaptivePolling,
  useClientState,
  useEvent,
  useNow,
  usePollingNotifications,
  useQueueUnified,
  useRealtimeSync,
} from "../src/index.ts";

let world: World;
let root: HTMLElement;
let client: Client;

beforeEach(async () => {
  world = new World();
  world.node.entry("a1");
  client = await world.openTab();
  root = document.createElement("div");
  document.body.append(root);
});

afterEach(async () => {
  await act(() => render(null, root));
  root.remove();
  await world.close();
});

async function show(children: ReactNode): Promise<void> {
  await act(() =>
    render(
      <RealtimeProvider client={client} autoStart={false}>
        {children}
      </RealtimeProvider>,
      root,
    ),
  );
}

interface Seen<T> {
  last: T;
  renders: number;
}

function Probe<T>({ hook, seen }: { hook: () => T; seen: Seen<T> }) {
  seen.last = hook();
  seen.renders++;
  return null;
}

/** What a hook gave at its last render, and how often it rendered. */
function probe<T>(hook: () => T) {
  const seen: Seen<T> = { last: undefined as unknown as T, renders: 0 };
  return { seen, element: <Probe hook={hook} seen={seen} /> };
}

function Listener({ name, heard }: { name: string; heard: string[] }) {
  useEvent("queue.called", (e) => heard.push(`${name} ${e.type}`));
  return null;
}

describe("useQueueUnified", () => {
  it("shows the queue live, in both spellings", async () => {
    const { seen, element } = probe(() => useQueueUnified());
    await show(element);
    expect(seen.last.queueEntries.map((e) => [e.token, e.legacyStatus, e.legacyPriority])).toEqual([
      ["A1", "WAITING", "NORMAL"],
    ]);
    expect(seen.last).toMatchObject({
      isLoading: false,
      isUsingFallback: false,
      realtime: { isConnected: true, mode: "realtime" },
    });
    await act(() => world.node.commit([world.node.entry("a2", { status: "in_service" })]));
    expect(seen.last.queueEntries.map((e) => e.legacyStatus)).toEqual(["WAITING", "IN_PROGRESS"]);
  });

  it("renders nothing for a beat, which changes nothing it shows", async () => {
    const { seen, element } = probe(() => useQueueUnified());
    await show(element);
    const { renders } = seen;
    await act(() => world.live(20_000));
    expect(seen.renders).toBe(renders);
  });

  it("keeps a guruji to the own queue", async () => {
    world.node.put("guruji", "g2", {
      id: "g2",
      name: "Usha",
      room: "3",
      series: "B",
      availability: "available",
    });
    world.node.entry("b1", { guruji: "g2", order: 9 });
    await client.refetch();
    const own = probe(() => useQueueUnified({ gurujiId: "g1" }));
    const all = probe(() => useQueueUnified({ role: "coordinator" }));
    await show([own.element, all.element]);
    expect(own.seen.last.queueEntries.map((e) => e.token)).toEqual(["A1"]);
    expect(all.seen.last.queueEntries.map((e) => e.token)).toEqual(["A1", "B1"]);
  });

  it("without realtime moves only when asked", async () => {
    const { seen, element } = probe(() => useQueueUnified({ enableRealtime: false }));
    await show(element);
    await act(() => world.node.commit([world.node.entry("a2")]));
    expect(seen.last.queueEntries).toHaveLength(1);
    await act(() => seen.last.refetch());
    expect(seen.last.queueEntries).toHaveLength(2);
  });
});

describe("the connection's hooks", () => {
  it("tell fallback and offline as they are", async () => {
    const polling = probe(() => usePollingNotifications());
    const sync = probe(() => useRealtimeSync());
    await show([
      polling.element,
      sync.element,
      <ConnectionStatus key="s" labels={{ fallback: "By polling" }} />,
    ]);
    expect(polling.seen.last.connectionHealth).toMatchObject({
      isSocketConnected: true,
      isOnline: true,
      isSlowConnection: false,
    });
    expect(sync.seen.last).toMatchObject({
      isSocketConnected: true,
      isSyncHealthy: true,
      health: { isHealthy: true, errorRate: 0 },
    });
    expect(root.textContent).toBe("Real-time");

    world.node.socketsAllowed = false;
    world.node.cutSockets();
    await act(() => world.clock.advance(1_000));
    expect(polling.seen.last).toMatchObject({
      isUsingFallback: true,
      connectionHealth: { isSocketConnected: false, isOnline: true, socketId: null },
    });
    expect(root.textContent).toBe("By polling");
    expect(root.querySelector("[role=status]")?.getAttribute("data-mode")).toBe("fallback");

    world.node.down();
    await act(() => world.clock.advance(20_000));
    expect(polling.seen.last.connectionHealth.isOnline).toBe(false);
    expect(polling.seen.last.retryCount).toBeGreaterThan(0);
    expect(sync.seen.last.health.isHealthy).toBe(false);
    expect(sync.seen.last.health.errorRate).toBeGreaterThan(0);
    expect(root.textContent).toBe("Offline");
  });

  it("let a screen draw the age itself", async () => {
    await show(<ConnectionStatus>{({ label, ageSeconds }) => `${label} ${ageSeconds}`}</ConnectionStatus>);
    expect(root.textContent).toBe("Real-time 0");
  });
});

describe("useRealtimeSync", () => {
  it("shows an optimistic update and takes it back", async () => {
    const sync = probe(() => useRealtimeSync({ enableOptimistic: true, enableCrossTab: true }));
    const queue = probe(() => useQueueUnified());
    await show([sync.element, queue.element]);
    const patch = { kind: "row", id: "a1", fields: { status: "called" } };
    let update = { rollback: () => {} };
    await act(() => {
      update = sync.seen.last.applyOptimisticUpdate("k", () => patch);
    });
    expect(queue.seen.last.queueEntries[0]?.status).toBe("called");
    await act(() => update.rollback());
    expect(queue.seen.last.queueEntries[0]?.status).toBe("waiting");
  });

  it("shows nothing early when told not to", async () => {
    const sync = probe(() => useRealtimeSync({ enableOptimistic: false }));
    await show(sync.element);
    await act(
      () => void sync.seen.last.applyOptimisticUpdate("k", () => ({ kind: "row", id: "a1", fields: null })),
    );
    expect(client.getState().patches).toEqual([]);
  });
});

describe("useAdaptivePolling", () => {
  it("asks at the pace of the connection, and never when offline", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      let asked = 0;
      const { seen, element } = probe(() => useAdaptivePolling({ onPoll: () => void asked++ }));
      await show(element);
      expect(seen.last).toMatchObject({ mode: "realtime", interval: 30_000, isPolling: true });
      world.node.socketsAllowed = false;
      world.node.cutSockets();
      await act(() => world.clock.advance(1_000));
      expect(seen.last).toMatchObject({ mode: "fallback", interval: 5_000 });
      await act(async () => void (await vi.advanceTimersByTimeAsync(8_000)));
      expect(asked).toBe(1);
      world.node.down();
      await act(() => world.clock.advance(20_000));
      expect(seen.last.isPolling).toBe(false);
      await act(async () => void (await vi.advanceTimersByTimeAsync(60_000)));
      expect(asked).toBe(1);
      await act(() => seen.last.pollNow());
      expect(asked).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("the provider", () => {
  it("runs the client while mounted, also when it is mounted twice in a row", async () => {
    client.stop();
    await settle();
    const { seen, element } = probe(() => useClientState((s) => s.connection.mode));
    const tree = (
      <StrictMode>
        <RealtimeProvider client={client}>{element}</RealtimeProvider>
      </StrictMode>
    );
    await act(() => render(tree, root));
    await act(() => render(null, root));
    await act(() => render(tree, root));
    await act(() => world.clock.advance(500));
    expect(seen.last).toBe("realtime");
    expect(world.node.sockets.size).toBe(1);
    await act(() => render(null, root));
    await settle();
    expect(world.node.sockets.size).toBe(0);
  });

  it("is missed with a sentence that says what to do", () => {
    const { element } = probe(() => useQueueUnified());
    expect(() => render(element, root)).toThrow(/RealtimeProvider/);
  });

  it("lets a component hear events while it is mounted, with its newest handler", async () => {
    const heard: string[] = [];
    await show(<Listener name="first" heard={heard} />);
    await show(<Listener name="second" heard={heard} />);
    await act(() => world.node.commit([world.node.entry("a1")], ["queue.called", "queue.recalled"]));
    expect(heard).toEqual(["second queue.called"]);
    await show(null);
    await act(() => world.node.commit([world.node.entry("a1")], ["queue.called"]));
    expect(heard).toHaveLength(1);
  });
});

describe("useNow", () => {
  it("tells the time at which a component renders, also in a tab that was frozen, whose timers did not run", async () => {
    const { seen, element } = probe(() => [useNow(), useClientState((state) => state.lastUpdate)] as const);
    await show(element);
    vi.spyOn(Date, "now").mockReturnValue(seen.last[0] + 60_000);
    const before = seen.last[0];
    await world.clock.advance(10);
    await act(() => world.node.commit([world.node.entry("a2")]));
    expect(seen.last[0]).toBe(before + 60_000);
  });

  it("renders again by itself", async () => {
    vi.useFakeTimers();
    try {
      const { seen, element } = probe(() => useNow(500));
      await show(element);
      const before = seen.last;
      await act(() => void vi.advanceTimersByTime(500));
      expect(seen.last).toBe(before + 500);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("nextPublicSettings", () => {
  it("reads the existing app's settings, and keeps the defaults for what is not set", () => {
    vi.stubEnv("NEXT_PUBLIC_SOCKET_SERVER_URL", "http://box.local:8080");
    vi.stubEnv("NEXT_PUBLIC_POLLING_INTERVAL_NORMAL", "7000");
    vi.stubEnv("NEXT_PUBLIC_POLLING_INTERVAL_FAST", "soon");
    const { baseUrl, polling } = nextPublicSettings();
    expect(baseUrl).toBe("http://box.local:8080");
    expect(polling).toMatchObject({ fallback: [7_000, 8_400], slow: [2_000, 3_000], live: [30_000, 60_000] });
  });
});
