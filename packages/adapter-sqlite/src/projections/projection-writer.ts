import type {
  ConflictingWrite,
  PreparedProjection,
  ProjectionDeletion,
  ProjectionSaveRequest,
  ProjectionSaveResult,
  ProjectionWrite,
} from "@eventfold/projections";
import type { Client } from "../connection/client.ts";
import { StatementCache } from "../connection/statement-cache.ts";
import { notWritten } from "../connection/translate-error.ts";
import type { BeforeImages } from "./before-images.ts";
import { forgetCompleteness, lowerCompleteness, readCompleteness, writeCompleteness } from "./completeness.ts";
import { type DeletedRows, deletedRowsCondition } from "./deleted-rows.ts";
import { upsert } from "./upserts.ts";

const STORED_NUMBERS = `SELECT k.key, p.last_sequence_number, p.is_removed
  FROM json_each(?) AS k LEFT JOIN eventfold_projections AS p
  ON p.name = k.value ->> 0 AND p.projector_version = k.value ->> 1 AND p.id = k.value ->> 2
  ORDER BY k.key`;
const COUNT_REMOVED = "SELECT count(*) FROM eventfold_projections WHERE is_removed = 1";
const ACTIVATE_NEW = `INSERT INTO eventfold_projection_versions (name, active_version)
  SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE TRUE ON CONFLICT (name) DO NOTHING`;
const ACTIVATE = `INSERT INTO eventfold_projection_versions (name, active_version) VALUES (?, ?)
  ON CONFLICT (name) DO UPDATE SET active_version = excluded.active_version`;
const ACTIVE = "SELECT active_version FROM eventfold_projection_versions WHERE name = ?";
const FORGET_ACTIVE = "DELETE FROM eventfold_projection_versions WHERE name = ?";

/** Writes projections into the transaction that is open on a connection. Everything is synchronous. */
export class ProjectionWriter {
  readonly #statements: StatementCache;
  readonly #images: BeforeImages | undefined;

  constructor(client: Client, images?: BeforeImages) {
    this.#statements = StatementCache.of(client);
    this.#images = images;
  }

  /** Judges a save and, when everything is as it was seen, writes all of it. */
  save({ writes, completeness }: ProjectionSaveRequest): ProjectionSaveResult {
    const conflicts = this.#conflicts(writes);
    if (conflicts.length > 0) return { kind: "conflict", conflicts };
    if (completeness !== undefined) {
      const completeUpTo = readCompleteness(this.#statements, completeness);
      if (completeUpTo !== completeness.seen) return { kind: "overtaken", completeUpTo };
    }
    const projections = writes.map(({ projection }) => projection);
    const firstVersions = firstVersionsOf(projections);
    this.#images?.beforeSave(keysOf(projections));
    this.#images?.beforeActivation([...firstVersions.keys()]);
    this.#images?.beforeCompleteness([...firstVersions.keys()], completeness);
    upsert(this.#statements, projections);
    this.#statements.prepared(ACTIVATE_NEW).run(JSON.stringify([...firstVersions]));
    if (completeness !== undefined) writeCompleteness(this.#statements, completeness);
    else for (const oldest of oldestOf(projections)) lowerCompleteness(this.#statements, oldest);
    return { kind: "saved" };
  }

  /** Deletes one projection or all of a name, of one version or of every one. @returns how many went that were not removed before. */
  delete({ name, projectorVersion, id }: ProjectionDeletion & { readonly id?: string }): number {
    const rows: DeletedRows = { name, projectorVersion, id };
    this.#images?.beforeDeletion(rows);
    const { sql, values } = deletedRowsCondition(rows);
    const removed = this.#statements.prepared(`${COUNT_REMOVED} AND ${sql}`).get(...values)?.[0];
    const { changes } = this.#statements.prepared(`DELETE FROM eventfold_projections WHERE ${sql}`).run(...values);
    if (changes === 0 && id !== undefined) return 0;
    this.#images?.beforeCompleteness([name]);
    forgetCompleteness(this.#statements, rows);
    return changes - Number(removed);
  }

  /** Deletes all projections of a name; without a version its active one is forgotten too. @returns as deleting does. */
  clear(request: ProjectionDeletion): number {
    if (request.projectorVersion === undefined) {
      this.#images?.beforeActivation([request.name]);
      this.#statements.prepared(FORGET_ACTIVE).run(request.name);
    }
    return this.delete(request);
  }

  /** Makes a version the one that readers see. @returns the one before. */
  activate({ name, projectorVersion }: { readonly name: string; readonly projectorVersion: number }) {
    this.#images?.beforeActivation([name]);
    const before = this.#statements.prepared(ACTIVE).get(name)?.[0];
    const { changes } = this.#statements.prepared(ACTIVATE).run(name, projectorVersion);
    if (changes !== 1) throw notWritten("the active version of a projection");
    return before === undefined ? undefined : Number(before);
  }

  #conflicts(writes: readonly ProjectionWrite[]): readonly ConflictingWrite[] {
    if (writes.every(({ unchangedSince }) => unchangedSince === undefined)) return [];
    const judged = [...writes.entries()].filter(([, { unchangedSince }]) => unchangedSince !== undefined);
    const stored = this.#statements
      .prepared(STORED_NUMBERS)
      .all(keysOf(judged.map(([, { projection }]) => projection)));
    return judged.flatMap(([write, { unchangedSince, projection }], index) => {
      const [, found = null, isRemoved] = stored[index] ?? [];
      const lastSequenceNumber = found === null ? undefined : Number(found);
      const isGone = isRemoved === 1 && Number(found) < projection.lastSequenceNumber;
      const seen = unchangedSince?.kind === "present" ? unchangedSince.lastSequenceNumber : undefined;
      return seen === lastSequenceNumber || (seen === undefined && isGone) ? [] : [{ write, lastSequenceNumber }];
    });
  }
}

function keysOf(projections: readonly PreparedProjection[]): string {
  return JSON.stringify(projections.map(({ name, projectorVersion, id }) => [name, projectorVersion, id]));
}

/** The first version of each name. */
function firstVersionsOf(projections: readonly PreparedProjection[]): ReadonlyMap<string, number> {
  const versions = new Map<string, number>();
  for (const { name, projectorVersion } of projections) {
    if (!versions.has(name)) versions.set(name, projectorVersion);
  }
  return versions;
}

/** For each name and version, the projection that has read the least. */
function oldestOf(projections: readonly PreparedProjection[]): Iterable<PreparedProjection> {
  const oldest = new Map<string, PreparedProjection>();
  for (const projection of projections) {
    const key = `${projection.name}\0${projection.projectorVersion}`;
    const other = oldest.get(key);
    if (other === undefined || other.lastSequenceNumber > projection.lastSequenceNumber) oldest.set(key, projection);
  }
  return oldest.values();
}
