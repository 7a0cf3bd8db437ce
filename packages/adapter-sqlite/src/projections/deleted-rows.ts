/** Which rows a deletion is about: `undefined` for any. */
export interface DeletedRows {
  readonly name: string;
  readonly projectorVersion: number | undefined;
  readonly id: string | undefined;
}

/** Leaps through the primary key from each version of a name to the next one. */
const VERSIONS = `WITH RECURSIVE found(version) AS (
    SELECT min(projector_version) FROM eventfold_projections WHERE name = ?
    UNION ALL
    SELECT (SELECT min(projector_version) FROM eventfold_projections WHERE name = ? AND projector_version > found.version)
    FROM found WHERE found.version IS NOT NULL
  )
  SELECT version FROM found WHERE version IS NOT NULL`;

/** The condition for these rows, by the primary key whatever is given, and its values. */
export function deletedRowsCondition({ name, projectorVersion, id }: DeletedRows): {
  readonly sql: string;
  readonly values: (string | number)[];
} {
  if (projectorVersion === undefined) {
    return id === undefined
      ? { sql: "name = ?", values: [name] }
      : { sql: `name = ? AND projector_version IN (${VERSIONS}) AND id = ?`, values: [name, name, name, id] };
  }
  return id === undefined
    ? { sql: "name = ? AND projector_version = ?", values: [name, projectorVersion] }
    : { sql: "name = ? AND projector_version = ? AND id = ?", values: [name, projectorVersion, id] };
}
