import type { ProjectionTables } from "../query/projection-tables.ts";
import type { ProjectionReader } from "./projection-reader.ts";
import type { ProjectionWriter } from "./projection-writer.ts";

/** Access to projections: from outside, or from inside a transaction. */
export interface ProjectionAccess {
  /** Whether every further call fails. */
  readonly isClosed: boolean;
  /** Reads once what may be seen from here can be read. */
  read<T>(reading: (reader: ProjectionReader, tables: ProjectionTables) => T): Promise<T>;
  /** Writes, all or nothing, when its turn comes. */
  write<T>(writing: (writer: ProjectionWriter) => T): Promise<T>;
}
