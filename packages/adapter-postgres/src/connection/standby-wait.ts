import { StorageUnavailableError } from "@eventfold/types";
import type { ClientBase } from "pg";

/**
 * Makes the commit of the statement that holds it wait for synchronous standbys even if it writes nothing else: a
 * message in the write-ahead log that nothing reads. On a standby the first call fails with 25006
 * (read_only_sql_transaction).
 */
export const MESSAGE_TO_STANDBYS = "pg_current_xact_id(), pg_logical_emit_message(true, 'eventfold', '')";

const WARNING = "01000";

/** What a server has said of the commits of one connection. */
interface CommitWarnings {
  isWarned: boolean;
}

// One listener per connection, however many adapters share it and however many commits go over it.
const WARNINGS = new WeakMap<ClientBase, CommitWarnings>();

function warningsOf(client: ClientBase): CommitWarnings {
  let warnings = WARNINGS.get(client);
  if (warnings === undefined) {
    const added: CommitWarnings = { isWarned: false };
    client.on("notice", ({ code }) => {
      if (code === WARNING) added.isWarned = true;
    });
    WARNINGS.set(client, added);
    warnings = added;
  }
  return warnings;
}

const SETTINGS = "select current_setting('synchronous_commit'), current_setting('synchronous_standby_names')";
const COUNT = /^(?:(?:any|first)\s+)?(\d+)\s*\(/i;

// Connections that were found to wait for as many standbys as was asked, when that was looked at last.
const SUFFICIENT = new WeakSet<ClientBase>();

/** How many standbys have a commit on their disks before it is acknowledged, by the settings of a connection. */
async function readAwaitedStandbys(client: ClientBase): Promise<number> {
  const { rows } = await client.query<[string, string]>({ text: SETTINGS, rowMode: "array" });
  const [[commit, names]] = rows as [[string, string]];
  if (names.trim() === "" || (commit !== "on" && commit !== "remote_apply")) return 0;
  const [, count = "1"] = COUNT.exec(names.trim()) ?? []; // a mere list means the first of it.
  return Number(count);
}

async function tooFewStandbys(client: ClientBase, required: number): Promise<string | undefined> {
  const awaited = await readAwaitedStandbys(client);
  if (awaited >= required) {
    SUFFICIENT.add(client);
    return undefined;
  }
  SUFFICIENT.delete(client);
  return `PostgreSQL waits for ${awaited} standbys, fewer than the ${required} of \`requireSynchronousStandbys\`.`;
}

/**
 * Refuses a server that would acknowledge a commit that fewer standbys have than are required.
 *
 * @throws `StorageUnavailableError` (`STORAGE_UNAVAILABLE`)
 */
export async function requireStandbys(client: ClientBase, required: number): Promise<void> {
  if (required === 0 || SUFFICIENT.has(client)) return;
  const obstacle = await tooFewStandbys(client, required);
  if (obstacle !== undefined) throw new StorageUnavailableError(`${obstacle} Nothing was stored.`);
}

/**
 * Does work on a connection that ends with a commit. To PostgreSQL it is not an error when the wait for synchronous
 * standbys is cancelled: the commit succeeds with a warning, and may be on no standby. This then waits for them. Nor is it one
 * when the settings are changed so that nobody is waited for any more, which is looked at afterwards.
 *
 * @param required how many standbys must have the commit. With 0 it is as many as the server is set to wait for.
 * @throws `StorageUnavailableError` (`STORAGE_UNAVAILABLE`) before the work when the server waits for too few; an error without a code,
 * as for a lost reply, when that shows afterwards, or if waiting again fails too.
 */
export async function waitingForStandbys<T>(client: ClientBase, required: number, work: () => Promise<T>): Promise<T> {
  await requireStandbys(client, required);
  const warnings = warningsOf(client);
  warnings.isWarned = false;
  const result = await work();
  while (warnings.isWarned) {
    warnings.isWarned = false;
    await client.query(`select ${MESSAGE_TO_STANDBYS}`).catch((cause: unknown) => {
      throw new Error("PostgreSQL committed, but did not wait for its standbys.", { cause });
    });
  }
  const obstacle = required === 0 ? undefined : await tooFewStandbys(client, required);
  if (obstacle !== undefined) throw new Error(`${obstacle} What was committed may be on too few of them.`);
  return result;
}
