import type { OrderingGuarantee } from "@eventfold/store/adapter";
import type { SourceIdentifier } from "@eventfold/types";
import type { Statement } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";

const WIDTH = { stream: 0, category: 1, log: 2 } as const;

/** Whether a reader of a source could see numbers out of order under a guarantee, and must go through the barrier. */
export function isWiderThan(source: SourceIdentifier, guarantee: OrderingGuarantee): boolean {
  return WIDTH[source.kind] > WIDTH[guarantee];
}

/** For scans: waits for the writers in flight and returns the number up to which everything is visible. */
export function waitStatement(names: LogNames, timeoutMs: number): Statement {
  return { text: `select ${names.waitForWriters}($1)`, values: [timeoutMs] };
}

/** For followers: returns the number up to which nothing more can appear, without waiting for a transaction. */
export function settledStatement(names: LogNames): Statement {
  return { text: `select ${names.settled}()`, values: [] };
}
