import { LogBehindError, type NewestEvent } from "@eventfold/types";
import type { ClientBase } from "pg";
import { type Statement, UNPREPARED } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";

/**
 * What an adapter knows of its log: which one it is, and the newest event that it has stored or read there. Each connection is checked
 * once, before its first use: it may lead to a server that has taken over, or to the same one with older files.
 *
 * A standby is behind by nature. A connection to one that lacks the event is used, and checked again until it has it.
 */
export class KnownLog {
  readonly #names: LogNames;
  readonly #checked = new WeakSet<ClientBase>();
  #id: string | null | undefined;
  #seen: NewestEvent | undefined;
  #checks = 0;
  #failure: LogBehindError | undefined;

  constructor(names: LogNames) {
    this.#names = names;
  }

  /** How often a connection was checked. While it stays the same, all connections lead where they led before. */
  get checks(): number {
    return this.#checks;
  }

  /** Learns which log it is, when that is there. Until then no connection is checked. */
  async begin(client: ClientBase): Promise<void> {
    const text = `select value from ${this.#names.settings} where name = 'log_id'`;
    const [row] = await UNPREPARED.run(client, { text, values: [] });
    this.#id = row?.[0] ?? null;
    this.#checked.add(client);
  }

  /** Takes note of an event that was stored, or read outside of every transaction. */
  note({ sequenceNumber, id }: NewestEvent): void {
    if (sequenceNumber > (this.#seen?.sequenceNumber ?? 0)) this.#seen = { sequenceNumber, id };
  }

  /** @throws `LogBehindError` (`LOG_BEHIND`) once a connection has led to a log that lacks what was seen. */
  throwIfBehind(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  isChecked(client: ClientBase): boolean {
    return this.#id === undefined || this.#checked.has(client);
  }

  /**
   * Checks that a connection leads to this log, and that the log has what was seen.
   *
   * @throws `LogBehindError` (`LOG_BEHIND`). From then on {@link throwIfBehind} throws it too.
   */
  async check(client: ClientBase): Promise<void> {
    this.#checks += 1;
    const seen = this.#seen;
    const [row = []] = await UNPREPARED.run(client, checkStatement(this.#names, seen));
    const [isStandby, logId, seenId, number = null, id = null] = row;
    const isSame = logId === this.#id;
    if (isSame && (seen === undefined || seenId === seen.id)) {
      this.#checked.add(client);
    } else if (isStandby === "f") {
      const newest = number === null || id === null ? undefined : { sequenceNumber: Number(number), id };
      this.#failure ??= new LogBehindError({ reason: isSame ? "lost-events" : "other-log", seen, newest });
      throw this.#failure;
    }
  }
}

function checkStatement({ events, settings }: LogNames, seen: NewestEvent | undefined): Statement {
  return {
    text: `select pg_is_in_recovery(),
       (select s.value from ${settings} s where s.name = 'log_id'),
       (select e.id from ${events} e where e.sequence_number = $1),
       n.sequence_number, n.id
  from (values (1)) one
  left join lateral (select e.sequence_number, e.id from ${events} e order by e.sequence_number desc limit 1) n on true`,
    values: [seen?.sequenceNumber ?? 0],
  };
}
