import { useClient } from "../screen/client.tsx";

export type SetAvailability = (availability: "available" | "on_break" | "off", until?: string) => void;

/** How the availability of a guruji is changed, by themselves or at the desk. */
export function useSetAvailability(guruji: string): SetAvailability {
  const client = useClient();
  return (availability, until) => {
    client.act("guruji.set_availability", { guruji, availability, ...(until ? { until } : {}) });
  };
}
