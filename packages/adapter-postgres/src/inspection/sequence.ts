import type { OrderingGuarantee } from "@eventfold/store/adapter";
import { sqlstateOf } from "../errors/sqlstate.ts";
import type { LogNames } from "../naming/log-names.ts";
import { settledStatement } from "../reading/read-barrier.ts";
import type { Running } from "./event-check.ts";

/**
 * The last number that the sequence has given; `undefined` where the role may not know. The role of an application has no right to
 * the sequence; under `"log"`, where no writer holds the horizon back, that is the same number.
 */
export async function lastNumberGiven(
  run: Running,
  names: LogNames,
  orderingGuarantee: OrderingGuarantee,
): Promise<number | undefined> {
  try {
    const text = `select case when is_called then last_value else 0 end from ${names.sequence}`;
    const [row] = await run({ text, values: [] });
    return Number(row?.[0]);
  } catch (error) {
    if (sqlstateOf(error) !== "42501") throw error;
  }
  if (orderingGuarantee !== "log") return undefined;
  try {
    const [row] = await run(settledStatement(names));
    return Number(row?.[0]);
  } catch (error) {
    if (sqlstateOf(error) === "25006") return undefined; // on a standby
    throw error;
  }
}
