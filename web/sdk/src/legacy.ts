/** The existing app's spellings, for its screens, forms and server code. */
import type { EventType } from "./catalogue.ts";

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

/** Types of events under the names the existing app's server code uses. */
export const SocketEventTypes = {
  APPOINTMENT_CREATED: "appointment.created",
  APPOINTMENT_UPDATED: "appointment.updated",
  APPOINTMENT_CANCELLED: "appointment.cancelled",
  APPOINTMENT_RESCHEDULED: "appointment.rescheduled",
  APPOINTMENT_CHECKED_IN: "appointment.checked_in",
  APPOINTMENT_COMPLETED: "appointment.completed",
  APPOINTMENT_REMINDER: "appointment.reminder",
  QUEUE_ENTRY_ADDED: "queue.entry_added",
  QUEUE_ENTRY_UPDATED: "queue.entry_updated",
  QUEUE_ENTRY_REMOVED: "queue.entry_removed",
  QUEUE_POSITION_UPDATED: "queue.position_updated",
  CONSULTATION_STARTED: "consultation.started",
  CONSULTATION_ENDED: "consultation.ended",
  CONSULTATION_UPDATED: "consultation.updated",
  REMEDY_PRESCRIBED: "remedy.prescribed",
  REMEDY_UPDATED: "remedy.updated",
  REMEDY_COMPLETED: "remedy.completed",
  NOTIFICATION_SENT: "notification.sent",
  NOTIFICATION_READ: "notification.read",
  NOTIFICATION_DELETED: "notification.deleted",
  USER_REGISTERED: "user.registered",
  USER_UPDATED: "user.updated",
  USER_STATUS_CHANGED: "user.status_changed",
  GURUJI_AVAILABLE: "guruji.available",
  GURUJI_BUSY: "guruji.busy",
  GURUJI_OFFLINE: "guruji.offline",
  GURUJI_SCHEDULE_UPDATED: "guruji.schedule_updated",
  SYSTEM_MAINTENANCE: "system.maintenance",
  SYSTEM_UPDATE: "system.update",
  SYSTEM_ERROR: "system.error",
  SERVER_TIME_UPDATE: "server.time_update",
} as const satisfies Record<string, EventType>;
