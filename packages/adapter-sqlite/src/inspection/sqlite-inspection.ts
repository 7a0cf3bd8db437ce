import type {
  MigrationStatus,
  OrderingGuarantee,
  StorageFinding,
  StorageInspection,
  StorageStatus,
  StructureOptions,
  StructureStep,
} from "@eventfold/store/adapter";
import type { Client } from "../connection/client.ts";
import { readConsistently } from "../connection/read-consistently.ts";
import type { ReadScope } from "../reading/read-scope.ts";
import { diagnose } from "./diagnosis.ts";
import { statusOf } from "./status.ts";
import { checkStructure } from "./structure.ts";

/** What {@link SqliteInspection} is made from. */
export interface SqliteInspectionParts {
  readonly client: Client;
  readonly scope: ReadScope;
  readonly orderingGuarantee: OrderingGuarantee;
  /** Reads what was applied, on the same connection. */
  readonly migrations: () => readonly MigrationStatus[];
}

/** How people look at a database in SQLite while it is in use. */
export class SqliteInspection implements StorageInspection {
  readonly #parts: SqliteInspectionParts;

  constructor(parts: SqliteInspectionParts) {
    this.#parts = parts;
  }

  structure({ signal }: StructureOptions = {}): AsyncIterable<StructureStep> {
    const { client, scope } = this.#parts;
    return checkStructure({ client, scope, signal });
  }

  status(): Promise<StorageStatus> {
    const { client, scope, migrations } = this.#parts;
    return scope.read(() => readConsistently(client, () => statusOf({ ...this.#parts, migrations: migrations() })));
  }

  async diagnose(): Promise<readonly StorageFinding[]> {
    const { client, scope } = this.#parts;
    await scope.read(() => {}); // rejects after a close
    return diagnose(client);
  }
}
