"use client";
import { type Client, createClient } from "@sangam/sdk";
import { nextPublicSettings, RealtimeProvider } from "@sangam/sdk/react";
import { type ReactNode, useState } from "react";

/**
 * One client for all pages below. It starts when the page is shown in a browser and does nothing on the server. Left
 * without NEXT_PUBLIC_SOCKET_SERVER_URL it asks its own origin, which hands /api and /ws on to the node.
 */
export function Providers({ client, children }: { client?: Client; children: ReactNode }) {
  const [own] = useState(
    () => client ?? createClient({ ...nextPublicSettings(), view: "coordinator", screen: "next-desk" }),
  );
  return <RealtimeProvider client={own}>{children}</RealtimeProvider>;
}
