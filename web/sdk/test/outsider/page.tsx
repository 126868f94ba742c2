import { createClient } from "@sangam/sdk";
import {
  ConnectionStatus,
  nextPublicSettings,
  RealtimeProvider,
  useQueueUnified,
  useRealtimeSync,
} from "@sangam/sdk/react";
import { renderToString } from "react-dom/server";

const client = createClient({ ...nextPublicSettings(), view: "coordinator", screen: "desk" });

function Queue() {
  const { queueEntries, isLoading } = useQueueUnified({
    role: "coordinator",
    autoRefresh: true,
    refreshInterval: 15_000,
    enableRealtime: true,
  });
  const { health } = useRealtimeSync({ enableOptimistic: true, enableCrossTab: true });
  return (
    <p>
      {queueEntries.length} {String(isLoading)} {String(health.isHealthy)} <ConnectionStatus />
    </p>
  );
}

console.log(
  renderToString(
    <RealtimeProvider client={client}>
      <Queue />
    </RealtimeProvider>,
  ).replace(/<!-- -->|<[^>]*>/g, ""),
);
