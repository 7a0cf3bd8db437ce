import type { SaveResult, StreamWrite } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import { MESSAGE_TO_STANDBYS } from "../connection/standby-wait.ts";
import type { Statement } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import { eventColumns } from "../reading/stored-event-row.ts";
import { uuidArray } from "./binary-array.ts";
import { notInserted } from "./verdict.ts";

/**
 * The statement that finds the events of a publish that are stored already, by their ids. Where synchronous standbys are
 * waited for, they may not have them yet, for such a wait can be cancelled. What tells a caller that its events are stored
 * has to wait as their own commit should have.
 */
export function seenStatement(names: LogNames, writes: readonly StreamWrite[]): Statement {
  return {
    text:
      `select ${eventColumns({ isInlineOnly: false })} from (select ${MESSAGE_TO_STANDBYS} offset 0) as message, ` +
      `${names.events} e where e.id = any($1::uuid[])`,
    values: [uuidArray(idsOf(writes))],
  };
}

/**
 * Whether a publish of which some ids are stored is a repeat, or a publish with ids that are taken.
 *
 * @throws `StorageFailedError` (`STORAGE_FAILED`) when none is: the server has not inserted them, without an error.
 */
export function judgeSeen(writes: readonly StreamWrite[], stored: readonly StoredEvent[]): SaveResult {
  const byId = new Map(stored.map((event) => [event.id, event]));
  if (byId.size === 0) throw notInserted();
  const events = writes.map((write) => write.events.flatMap(({ id }) => byId.get(id) ?? []));
  if (writes.every((write, index) => isRepeated(write, events[index] ?? []))) return { kind: "repeat", events };
  return { kind: "duplicate", ids: idsOf(writes).filter((id) => byId.has(id)) };
}

function idsOf(writes: readonly StreamWrite[]): readonly string[] {
  return writes.flatMap((write) => write.events.map((event) => event.id));
}

function isRepeated(write: StreamWrite, stored: readonly StoredEvent[]): boolean {
  return (
    stored.length === write.events.length &&
    stored.every(
      (event, index) =>
        event.category === write.category &&
        event.stream === write.stream &&
        event.position > (stored[index - 1]?.position ?? -1),
    )
  );
}
