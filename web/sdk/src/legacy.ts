/** The existing app's spellings, for its screens and forms. */

const statuses: Readonly<Record<string, string>> = {
  waiting: "WAITING",
  called: "WAITING",
  on_hold: "WAITING",
  no_answer: "LATE_ARRIVAL",
  in_service: "IN_PROGRESS",
  done: "COMPLETED",
  no_show: "NO_SHOW",
  left: "CANCELLED",
  cancelled: "CANCELLED",
  closed_by_rollover: "CANCELLED",
  booked: "BOOKED",
  confirmed: "CONFIRMED",
  checked_in: "CHECKED_IN",
  in_progress: "IN_PROGRESS",
  completed: "COMPLETED",
};

/** Status of a queue entry or an appointment as the existing app spells it; a new status is told in capitals. */
export function legacyStatus(status: string): string {
  return statuses[status] ?? status.toUpperCase();
}

/** URGENT is an emergency, HIGH has a credit, LOW was moved back. */
export function legacyPriority(entry: {
  band: number;
  fields: Readonly<Record<string, unknown>>;
}): "LOW" | "NORMAL" | "HIGH" | "URGENT" {
  if (entry.band === 0) return "URGENT";
  const credit = Number(entry.fields.credit ?? 0);
  return credit > 0 ? "HIGH" : credit < 0 ? "LOW" : "NORMAL";
}
