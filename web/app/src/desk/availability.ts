import { useClient } from "../screen/client.tsx";

export type SetAvailability = (
  availability: "available" | "on_break" | "off",
  until?: string,
  /** To whom those who wait may go meanwhile. */
  offerTo?: string,
) => void;

/** How the availability of a guruji is changed, by themselves or at the desk. */
export function useSetAvailability(guruji: string): SetAvailability {
  const client = useClient();
  return (availability, until, offerTo) => {
    client.act("guruji.set_availability", {
      guruji,
      availability,
      ...(until ? { until } : {}),
      ...(offerTo ? { offerTo } : {}),
    });
  };
}
