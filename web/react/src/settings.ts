import { type ClientOptions, defaultPolling, type PollingIntervals } from "@sangam/sdk";

declare const process: { env: Record<string, string | undefined> };

/**
 * Settings of an existing Next.js app as client options: where the node is, and its polling intervals in ms. Each
 * name is written out, for Next.js replaces them as text. NORMAL is the pace without a socket, FAST on a poor
 * network, SLOW beside a live socket.
 */
export function nextPublicSettings(): Pick<ClientOptions, "baseUrl" | "polling"> {
  const server = read(() => process.env.NEXT_PUBLIC_SOCKET_SERVER_URL);
  const normal = interval(read(() => process.env.NEXT_PUBLIC_POLLING_INTERVAL_NORMAL));
  const fast = interval(read(() => process.env.NEXT_PUBLIC_POLLING_INTERVAL_FAST));
  const slow = interval(read(() => process.env.NEXT_PUBLIC_POLLING_INTERVAL_SLOW));
  const polling: PollingIntervals = {
    ...defaultPolling,
    ...(normal ? { fallback: normal } : {}),
    ...(fast ? { slow: fast } : {}),
    ...(slow ? { live: slow } : {}),
  };
  return { polling, ...(server ? { baseUrl: server } : {}) };
}

function read(of: () => string | undefined): string | undefined {
  try {
    return of();
  } catch {
    return undefined; // no process, and nothing was replaced
  }
}

/** A fifth of chance on top, so that many screens do not ask in one instant. */
function interval(text: string | undefined): readonly [number, number] | null {
  const ms = Number(text);
  return text && ms >= 500 ? [ms, ms * 1.2] : null;
}
