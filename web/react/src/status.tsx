"use client";
import { type ConnectionMode, connectionLabel, dataAgeMs } from "@sangam/sdk";
import type { ReactNode } from "react";
import { useConnection } from "./hooks.ts";
import { deviceNow, useClient, useClientState } from "./provider.tsx";

export interface ConnectionStatusProps {
  className?: string;
  /** Words for each mode; English when left out. */
  labels?: Partial<Record<ConnectionMode, string>>;
  /** Draws it instead. `ageSeconds` is the age of what is shown, null before the first answer. */
  children?: (status: { mode: ConnectionMode; label: string; ageSeconds: number | null }) => ReactNode;
}

/** Real-time, Fallback, Offline, or honestly neither; told politely to screen readers when it changes. */
export function ConnectionStatus({ className, labels, children }: ConnectionStatusProps) {
  const client = useClient();
  const { mode } = useConnection();
  const ageSeconds = useClientState(
    (state) => {
      const ageMs = children ? dataAgeMs(state, deviceNow(client)) : null;
      return ageMs === null ? null : Math.floor(ageMs / 1000);
    },
    Object.is,
    1_000,
  );
  const label = labels?.[mode] ?? connectionLabel(mode);
  if (children) return <>{children({ mode, label, ageSeconds })}</>;
  return (
    <span className={className} role="status" data-mode={mode}>
      {label}
    </span>
  );
}
