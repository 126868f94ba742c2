/** What the hooks are tried with under each library: bundled with it as an app's own build would. */
import { createClient } from "@sangam/sdk";
import {
  ConnectionStatus,
  RealtimeProvider,
  useAdaptivePolling,
  usePollingNotifications,
  useQueueUnified,
  useRealtimeSync,
} from "@sangam/sdk/react";
import { TestNode } from "@sangam/sdk/testing";
import { type ReactNode, StrictMode, version } from "react";
import { createRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";

function Desk() {
  const { queueEntries, isLoading, isUsingFallback, refetch } = useQueueUnified({
    role: "coordinator",
    autoRefresh: true,
    refreshInterval: 15_000,
    enableRealtime: true,
  });
  const { connectionHealth, retryCount } = usePollingNotifications();
  const { isSyncHealthy, applyOptimisticUpdate, health, syncStats } = useRealtimeSync({
    enableOptimistic: true,
    enableCrossTab: false,
  });
  const { interval } = useAdaptivePolling();
  const hold = (id: string) =>
    applyOptimisticUpdate(
      `queue-${id}`,
      () => ({ kind: "row", id, fields: { status: "on_hold" } }),
      () => void refetch(),
    );
  return (
    <main>
      <ConnectionStatus />
      <output>
        {JSON.stringify({ isLoading, isUsingFallback, connectionHealth, retryCount, interval })}
      </output>
      <output>{JSON.stringify({ isSyncHealthy, health, socket: syncStats.socketConnected })}</output>
      <ul>
        {queueEntries.map((entry) => (
          <li key={entry.id}>
            {entry.token} {entry.status}
            <button type="button" onClick={() => hold(entry.id)}>
              hold
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}

function makeClient(node: TestNode) {
  return createClient({
    baseUrl: "http://node",
    view: "coordinator",
    screen: "desk",
    crossTab: false,
    deps: node.deps,
  });
}

export const library = version;

/** The page as a server renders it, where there is no document and nothing may start. */
export function onServer(): { html: string; requests: number } {
  const node = new TestNode();
  const client = makeClient(node);
  const html = renderToString(page(client, <Desk />));
  return { html, requests: node.requests.length };
}

const page = (client: ReturnType<typeof makeClient>, children: ReactNode) => (
  <StrictMode>
    <RealtimeProvider client={client}>{children}</RealtimeProvider>
  </StrictMode>
);

/** Mounts the page into `root` in front of a node with one person in the queue. */
export function inBrowser(root: Element) {
  const node = new TestNode();
  node.beatMs = 500;
  node.entry("a1");
  const client = makeClient(node);
  const stopBeating = node.beating();
  const mounted = createRoot(root);
  mounted.render(page(client, <Desk />));
  return {
    node,
    client,
    unmount() {
      mounted.unmount();
      stopBeating();
    },
  };
}
