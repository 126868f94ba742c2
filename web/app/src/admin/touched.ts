/**
 * Fields of records that say nothing to a reader of who did what: bookkeeping, and who and when, which the row tells
 * itself. The CSV has them.
 */
export const UNSAID: ReadonlySet<string> = new Set(
  (
    "actedAt actor actorName amendments announcement approvedBy at backAt by closedAt closedBy code command " +
    "completedAt covers createdAt createdBy createdHow data deliveredAt deliveredBy epoch expiresAt field fields " +
    "generation joinedAt lastAction lastSeen lineTrust nameKey node noteAt openedAt openedBy periods prefix " +
    "priorSeconds private raisedAt raisedBy readAt registeredHow requestedAt resolvedAt resolvedBy saw sealedAt " +
    "sentAt session settledAt settledBy staff subject subjectKind subjects toKind told toldError totals void " +
    "waitedSeconds writer"
  ).split(" "),
);
