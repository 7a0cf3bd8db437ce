import type {
  ProjectionDeletion,
  ProjectionSaveRequest,
  ProjectionSaveResult,
  SeenProjection,
} from "@eventfold/projections";
import { booleanArray, int4Array, textArray } from "../connection/binary-array.ts";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { ProjectionNames } from "./projection-names.ts";
import { categoryOf, sourceJson } from "./source-json.ts";

/** What the statements that write depend on. */
export interface WriteOptions {
  readonly names: ProjectionNames;
  /** How long the server may wait for others. */
  readonly lockTimeoutMs: number;
}

/** The statement that saves all of a request, or nothing: see `sql/projections/0003-write/01-save.sql`. */
export function saveStatement(
  { writes, completeness }: ProjectionSaveRequest,
  { names, lockTimeoutMs }: WriteOptions,
): Statement {
  const projections = writes.map(({ projection }) => projection);
  const firstVersions = new Map(projections.toReversed().map(({ name, projectorVersion }) => [name, projectorVersion]));
  const isJudged = writes.some(({ unchangedSince }) => unchangedSince !== undefined);
  return {
    text: `select * from ${names.save}($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18)`,
    values: [
      textArray([...firstVersions.keys()]),
      int4Array([...firstVersions.values()]),
      textArray(projections.map(({ name }) => name)),
      int4Array(projections.map(({ projectorVersion }) => projectorVersion)),
      textArray(projections.map(({ id }) => id)),
      textArray(projections.map(({ source }) => sourceJson(source))),
      textArray(projections.map(({ state }) => state)),
      textArray(projections.map(({ metadata }) => metadata)),
      textArray(projections.map(({ lastSequenceNumber }) => String(lastSequenceNumber))),
      textArray(projections.map(({ lastPosition }) => (lastPosition === undefined ? null : String(lastPosition)))),
      booleanArray(projections.map(({ isRemoved }) => isRemoved)),
      isJudged ? textArray(writes.map(({ unchangedSince }) => expectation(unchangedSince))) : null,
      completeness?.name ?? null,
      completeness?.projectorVersion ?? null,
      completeness === undefined ? null : categoryOf(completeness),
      completeness?.seen ?? null,
      completeness?.upTo ?? null,
      lockTimeoutMs,
    ],
  };
}

function expectation(seen: SeenProjection | undefined): string | null {
  if (seen === undefined) return null;
  return seen.kind === "absent" ? "-1" : String(seen.lastSequenceNumber);
}

/** The result in the rows of {@link saveStatement}. */
export function saveResult(rows: readonly TextRow[]): ProjectionSaveResult {
  const [first] = rows;
  if (first === undefined) return { kind: "saved" };
  if (first[0] === "-1") return { kind: "overtaken", completeUpTo: Number(first[1]) };
  return {
    kind: "conflict",
    conflicts: rows.map(([write, stored]) => ({
      write: Number(write),
      lastSequenceNumber: stored == null ? undefined : Number(stored),
    })),
  };
}

/** The statement that deletes one projection, or all of a name; its row says how many. */
export function removeStatement(
  { name, projectorVersion, id }: ProjectionDeletion & { readonly id?: string },
  { names, lockTimeoutMs }: WriteOptions,
): Statement {
  return {
    text: `select ${names.remove}($1,$2,$3,$4)`,
    values: [name, projectorVersion ?? null, id ?? null, lockTimeoutMs],
  };
}

/** The statement that makes a version active; its row says which one was. */
export function activateStatement(
  { name, projectorVersion }: { readonly name: string; readonly projectorVersion: number },
  { names, lockTimeoutMs }: WriteOptions,
): Statement {
  return { text: `select ${names.activate}($1,$2,$3)`, values: [name, projectorVersion, lockTimeoutMs] };
}
