import type { OrderingGuarantee } from "@eventfold/store/adapter";
import { escapeLiteral } from "pg";
import type { LogNames } from "../naming/log-names.ts";

/** How far a writer's numbers may lie above its bound for readers to tell which bound is meant: see sql/events/0003-read-barrier. */
const LONGEST_JUMP = 2 ** 31;

/**
 * The statements that take every lock which a writer of the log may take, in the order in which writers take them, until the
 * transaction ends: see sql/events/0002-append/01-order.sql. Under a narrower guarantee than `"log"` these are all stripes, which
 * keep out those who wait for tags too, since each of them writes to a stream; then the transaction is a writer in flight, whose
 * numbers are above the present one. A reader to whom that cannot be told, because the numbers jump too far, waits instead.
 *
 * @param upTo the number to which the sequence is going to be moved.
 */
export function lockStatements(names: LogNames, guarantee: OrderingGuarantee, upTo: number): readonly string[] {
  const log = `${escapeLiteral(names.events)}::regclass::oid::integer`;
  if (guarantee === "log") return [`select pg_advisory_xact_lock(${log}, 0)`];
  return [
    `select pg_advisory_xact_lock(${log}, stripe) from generate_series(1, 127, 2) stripe`,
    `select pg_advisory_xact_lock(${log}, pg_backend_pid() * 2)`,
    `select pg_advisory_xact_lock_shared(-${log}, (((bound + 2147483648) % 4294967296) - 2147483648)::integer)
       from (select case when is_called then last_value else 0 end as bound from ${names.sequence}) s
      where ${upTo} - bound < ${LONGEST_JUMP}`,
  ];
}
