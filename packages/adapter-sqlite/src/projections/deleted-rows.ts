/** Which rows a deletion is about: `undefined` for any. */
export interface DeletedRows {
  readonly name: string;
  readonly projectorVersion: number | undefined;
  readonly id: string | undefined;
}

/** Leaps through the primary key from each version of a name to the next one. */
const VERSIONS = `WITH RECURSIVE found(version) AS (
    SELECT min(projector_version) FROM eventfold_projections WHERE name = ?1
    UNION ALL
    SELECT (SELECT min(projector_version) FROM eventfold_projections WHERE name = ?1 AND projector_version > found.version)
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
      ? { sql: "name = ?1", values: [name] }
      : { sql: `name = ?1 AND projector_version IN (${VERSIONS}) AND id = ?2`, values: [name, id] };
  }
  return id === undefined
    ? { sql: "name = ?1 AND projector_version = ?2", values: [name, projectorVersion] }
    : { sql: "name = ?1 AND projector_version = ?2 AND id = ?3", values: [name, projectorVersion, id] };
}
