import { pipeline } from "node:stream/promises";
import {
  type CheckedRestoreBatch,
  DuplicateEventIdError,
  type EventText,
  type OrderingGuarantee,
  StorageAccessDeniedError,
  StorageFailedError,
} from "@eventfold/store/adapter";
import { escapeLiteral, type PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Connections } from "../connection/connections.ts";
import { waitingForStandbys } from "../connection/standby-wait.ts";
import { constraintOf, isReadOnlyRefusal, sqlstateOf } from "../errors/sqlstate.ts";
import { translateError } from "../errors/translate-error.ts";
import type { LogNames } from "../naming/log-names.ts";
import { beginStatement } from "../transaction/begin-statement.ts";
import { tryLimits } from "../writing/publish.ts";
import { copiedEvents, copiedTags, EVENT_COLUMNS, TAG_COLUMNS } from "./copy-rows.ts";
import { fittingStatement, refuseUnfitting } from "./fitting.ts";
import { lockStatements } from "./restore-locks.ts";

/** What restoring works with. */
export interface RestoreOptions {
  readonly connections: Connections;
  readonly names: LogNames;
  readonly orderingGuarantee: OrderingGuarantee;
  readonly writeTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/**
 * Stores a batch in one transaction, by COPY. The sequence is moved in one message with the commit, as the last thing before it:
 * PostgreSQL does not roll back what was done to a sequence, and readers of a narrower guarantee would pass the numbers of a batch
 * that failed, so that it could never be stored.
 *
 * @throws as `EventStorageAdapter.restore` does.
 */
export async function restore(options: RestoreOptions, batch: CheckedRestoreBatch): Promise<void> {
  const { connections, writeTimeoutMs } = options;
  const deadlineMs = performance.now() + writeTimeoutMs;
  const limits = tryLimits({ deadlineMs, writeTimeoutMs, bytes: lengthOfTexts(batch) });
  try {
    // It is not tried again, so the locks may take all of the time, and then the rows theirs.
    await connections.use(
      (client) => waitingForStandbys(client, connections.requiredStandbys, () => restoreOn(client, options, batch)),
      {
        turnTimeoutMs: limits.turnTimeoutMs,
        replyTimeoutMs: limits.replyTimeoutMs + writeTimeoutMs,
      },
    );
  } catch (error) {
    if (isReadOnlyRefusal(error)) connections.renew();
    if (isTakenId(error, options.names)) throw await takenIds(options, batch.events);
    throw sqlstateOf(error) === INSUFFICIENT_PRIVILEGE ? missingRights(error) : translateError(error);
  }
}

const INSUFFICIENT_PRIVILEGE = "42501";

/** In UTF-16 units, which are about as many as the bytes that are sent. */
function lengthOfTexts({ events }: CheckedRestoreBatch): number {
  return events.reduce((length, { payload, metadata }) => length + payload.length + (metadata?.length ?? 0), 0);
}

async function restoreOn(client: PoolClient, options: RestoreOptions, batch: CheckedRestoreBatch): Promise<void> {
  try {
    await begin(client, options, batch);
    await write(client, options, batch);
    await commit(client, options, batch);
  } catch (error) {
    await client.query("rollback").catch(() => {}); // a lost connection rolls back by itself.
    throw error;
  }
}

/** Begins and takes the locks in one message. What is read afterwards is what the previous holder has committed. */
async function begin(
  client: PoolClient,
  { names, orderingGuarantee, writeTimeoutMs, idleTimeoutMs }: RestoreOptions,
  { upTo }: CheckedRestoreBatch,
): Promise<void> {
  const statements = [
    beginStatement(idleTimeoutMs),
    `set local lock_timeout = ${Math.max(1, Math.trunc(writeTimeoutMs))}`, // 0 would be for ever
    "set local enable_seqscan = off", // a plan for the small table of a while ago would read all of it
    ...lockStatements(names, orderingGuarantee, upTo),
  ];
  await client.query(statements.join("; "));
}

async function write(
  client: PoolClient,
  { connections, names, orderingGuarantee }: RestoreOptions,
  batch: CheckedRestoreBatch,
): Promise<void> {
  const [fitting = []] = await connections.form.run(client, fittingStatement(names, batch));
  refuseUnfitting(batch, orderingGuarantee, fitting);
  if (batch.events.length === 0) return;
  const count = await copy(client, `${names.events} (${EVENT_COLUMNS})`, copiedEvents(batch.events));
  const tags = copiedTags(batch.events);
  const tagCount = tags && (await copy(client, `${names.eventTags} (${TAG_COLUMNS})`, tags.rows));
  if (count === batch.events.length && tagCount === tags?.count) return;
  throw new StorageFailedError("A trigger kept events or tags from being inserted. Nothing was stored.");
}

async function commit(client: PoolClient, { names }: RestoreOptions, batch: CheckedRestoreBatch): Promise<void> {
  const statements = ["commit"];
  if (batch.events.length > 0) statements.unshift(`select pg_notify(${escapeLiteral(names.channel)}, '')`);
  if (batch.upTo > 0) {
    const sequence = `${escapeLiteral(names.sequence)}::regclass`;
    statements.unshift(
      `select setval(${sequence}, greatest(case when is_called then last_value else 0 end, ${batch.upTo}), true) from ${names.sequence}`,
    );
  }
  await client.query(statements.join("; "));
}

/** Sends rows in the binary form of COPY, each chunk once the one before is on its way, and returns how many the server has stored. */
async function copy(client: PoolClient, into: string, rows: Iterable<Buffer>): Promise<number> {
  const stream = client.query(copyFrom(`copy ${into} from stdin (format binary)`));
  stream.on("error", () => {}); // a connection that is lost can fail it twice
  await pipeline(rows, stream);
  return stream.rowCount;
}

function isTakenId(error: unknown, { constraints }: LogNames): boolean {
  return sqlstateOf(error) === "23505" && constraintOf(error) === constraints.id;
}

async function takenIds({ connections, names }: RestoreOptions, events: readonly EventText[]): Promise<unknown> {
  try {
    const ids = events.map(({ id }) => id);
    const text = `select e.id from ${names.events} e where e.id = any($1::uuid[])`;
    const stored = new Set((await connections.read({ text, values: [ids] })).map(([id]) => id));
    return new DuplicateEventIdError(ids.filter((id) => stored.has(id)));
  } catch (error) {
    return translateError(error);
  }
}

function missingRights(cause: unknown): StorageAccessDeniedError {
  return new StorageAccessDeniedError(
    "Restoring events needs the rights of the log's owner, and PostgreSQL says that this role does not have them. Nothing was stored. Connect as the role that migrates the log.",
    { cause },
  );
}
