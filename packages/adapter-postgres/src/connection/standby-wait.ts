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

/**
 * Does work on a connection that ends with a commit. To PostgreSQL it is not an error when the wait for synchronous
 * standbys is cancelled: the commit succeeds with a warning, and may be on no standby. This then waits for them.
 *
 * @throws an error without a code, as for a lost reply, if that fails too.
 */
export async function waitingForStandbys<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  const warnings = warningsOf(client);
  warnings.isWarned = false;
  const result = await work();
  while (warnings.isWarned) {
    warnings.isWarned = false;
    await client.query(`select ${MESSAGE_TO_STANDBYS}`).catch((cause: unknown) => {
      throw new Error("PostgreSQL committed, but did not wait for its standbys.", { cause });
    });
  }
  return result;
}
