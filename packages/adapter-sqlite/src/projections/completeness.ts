import type { CompletenessKey, CompletenessWrite } from "@eventfold/projections";
import type { StatementCache } from "../connection/statement-cache.ts";
import { notWritten } from "../connection/translate-error.ts";
import { STORED_TABLES } from "../query/projection-tables.ts";

const WHERE = "WHERE name = ? AND projector_version = ? AND category = ?";
const SET = `INSERT INTO eventfold_projection_completeness (name, projector_version, category, complete_up_to) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET complete_up_to = excluded.complete_up_to`;
const LOWER = `UPDATE eventfold_projection_completeness SET complete_up_to = min(complete_up_to, ?)
  WHERE name = ? AND projector_version = ?`;
const FORGET = "DELETE FROM eventfold_projection_completeness WHERE name = ?";

/** How the source is stored: a category by its name, the log as no name that a category can have. */
export function categoryOf({ source }: Pick<CompletenessKey, "source">): string {
  return source.kind === "log" ? "" : source.category;
}

/** Up to which number the projections of a projector are complete, 0 where nothing is known. */
export function readCompleteness(
  statements: StatementCache,
  key: CompletenessKey,
  { completeness } = STORED_TABLES,
): number {
  const { name, projectorVersion } = key;
  const found = statements
    .prepared(`SELECT complete_up_to FROM ${completeness} ${WHERE}`)
    .get(name, projectorVersion, categoryOf(key));
  return Number(found?.[0] ?? 0);
}

/** Stores a number in place of the one before. */
export function writeCompleteness(statements: StatementCache, write: CompletenessWrite): void {
  const { changes } = statements.prepared(SET).run(write.name, write.projectorVersion, categoryOf(write), write.upTo);
  if (changes !== 1) throw notWritten("the number up to which projections are complete");
}

/** Lets no number of a projector be higher, whatever its source. */
export function lowerCompleteness(
  statements: StatementCache,
  projection: { readonly name: string; readonly projectorVersion: number; readonly lastSequenceNumber: number },
): void {
  const { name, projectorVersion, lastSequenceNumber } = projection;
  statements.prepared(LOWER).run(lastSequenceNumber, name, projectorVersion);
}

/** Forgets the numbers of a name, of one version or of every one. */
export function forgetCompleteness(
  statements: StatementCache,
  { name, projectorVersion }: { readonly name: string; readonly projectorVersion: number | undefined },
): void {
  if (projectorVersion === undefined) statements.prepared(FORGET).run(name);
  else statements.prepared(`${FORGET} AND projector_version = ?`).run(name, projectorVersion);
}
