import { RESTORE_LIMIT_NUMBER } from "@eventfold/store/adapter";
import type { PoolClient } from "pg";
import { escapeLiteral } from "pg";
import { MESSAGE_TO_STANDBYS, waitingForStandbys } from "../connection/standby-wait.ts";
import type { LogNames } from "../naming/log-names.ts";

/** How {@link PostgresEventStorageAdapter.migrate} leaves the sequence. */
export interface SequenceOptions {
  /**
   * A number that was seen, perhaps of an event that was lost: the next event gets a higher one. At most 2^52. A number that the log has
   * passed changes nothing. Default: that of the newest event.
   */
  readonly nextSequenceNumberAbove?: number | undefined;
}

/** What {@link repairSequence} works with. */
export interface SequenceRepair {
  readonly names: LogNames;
  readonly requiredStandbys: number;
  /** The sequence is moved past this number too. */
  readonly above: number;
}

/** @throws `RangeError` unless it is a sequence number of at most 2^52, or 0. */
export function checkedNumberAbove({ nextSequenceNumberAbove: above = 0 }: SequenceOptions): number {
  if (Number.isSafeInteger(above) && above >= 0 && above <= RESTORE_LIMIT_NUMBER) return above;
  throw new RangeError(`nextSequenceNumberAbove must be a sequence number up to 2^52, or 0, got ${String(above)}.`);
}

/**
 * Sets the sequence past every stored number and the given one, while no writer is under way. Needs the rights of the log's owner. A
 * sequence alone makes no commit wait for standbys, so that a failover could undo it: the message does.
 */
export async function repairSequence(
  client: PoolClient,
  { names, requiredStandbys, above }: SequenceRepair,
): Promise<void> {
  const repair = `begin isolation level read committed;
    lock table ${names.events} in exclusive mode;
    select setval(${escapeLiteral(names.sequence)}::regclass, greatest(s.last_value, e.latest, ${above}), s.is_called or e.latest is not null or ${above > 0})
      from ${names.sequence} s,
           (select max(sequence_number) as latest from ${names.events}) e;
    select ${MESSAGE_TO_STANDBYS};
    commit`;
  try {
    await waitingForStandbys(client, requiredStandbys, () => client.query(repair));
  } catch (error) {
    await client.query("rollback").catch(() => {}); // a lost connection rolls back by itself.
    throw error;
  }
}
