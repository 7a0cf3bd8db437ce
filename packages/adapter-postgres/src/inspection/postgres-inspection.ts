import {
  type MigrationStatus,
  type OrderingGuarantee,
  type StorageFinding,
  type StorageInspection,
  type StorageStatus,
  type StructureOptions,
  type StructureStep,
  worstFirst,
} from "@eventfold/store/adapter";
import type { Connections } from "../connection/connections.ts";
import { translateError } from "../errors/translate-error.ts";
import type { LogNames } from "../naming/log-names.ts";
import type { Running } from "./event-check.ts";
import { idleFindings, lockFindings, slotFindings } from "./session-findings.ts";
import { CHECKED_SETTINGS, settingFindings } from "./settings-findings.ts";
import { readStatus } from "./status.ts";
import { checkStructure } from "./structure.ts";
import { rightFindings, standbyFinding, vacuumFindings } from "./table-findings.ts";

/** What {@link PostgresInspection} is made from. */
export interface PostgresInspectionParts {
  readonly connections: Connections;
  readonly names: LogNames;
  readonly orderingGuarantee: OrderingGuarantee;
  readonly migrations: () => Promise<readonly MigrationStatus[]>;
}

/** How people look at a log in PostgreSQL, and at the server that it is on, while both are in use. */
export class PostgresInspection implements StorageInspection {
  readonly #parts: PostgresInspectionParts;

  constructor(parts: PostgresInspectionParts) {
    this.#parts = parts;
  }

  structure({ signal }: StructureOptions = {}): AsyncIterable<StructureStep> {
    return checkStructure({ ...this.#parts, signal });
  }

  status(): Promise<StorageStatus> {
    return this.#reading((run) => readStatus({ ...this.#parts, run }));
  }

  diagnose(): Promise<readonly StorageFinding[]> {
    const { names } = this.#parts;
    return this.#reading(async (run) =>
      worstFirst([
        ...settingFindings(await settingsOf(run)),
        ...(await lockFindings(run, names, { longerThanMs: 5_000 })),
        ...(await idleFindings(run, { longerThanMs: 60_000 })),
        ...(await slotFindings(run)),
        ...(await vacuumFindings(run, names)),
        ...(await rightFindings(run, names)),
        await standbyFinding(run),
      ]),
    );
  }

  async #reading<T>(work: (run: Running) => Promise<T>): Promise<T> {
    const { connections } = this.#parts;
    connections.life.throwIfEnded();
    try {
      return await work((statement) => connections.read(statement));
    } catch (error) {
      throw translateError(error);
    }
  }
}

async function settingsOf(run: Running): Promise<ReadonlyMap<string, string>> {
  const text = "select name, setting from pg_settings where name = any($1)";
  const rows = await run({ text, values: [CHECKED_SETTINGS] });
  return new Map(rows.map(([name, setting]) => [String(name), String(setting)]));
}
