import type { Deadline, OrderingGuarantee } from "@eventfold/store/adapter";
import { OrderingGuaranteeMismatchError } from "@eventfold/types";
import type { Client } from "../connection/client.ts";
import { notWritten } from "../connection/translate-error.ts";
import { inWriteTransaction } from "../connection/write-transaction.ts";

const DEFAULT_GUARANTEE: OrderingGuarantee = "log";

/**
 * The ordering guarantee of the log in a database: the one it was created with, or, for a log that is being created now,
 * the requested one, which is then stored.
 *
 * @throws `OrderingGuaranteeMismatchError` (`ORDERING_GUARANTEE_MISMATCH`) when another one was requested.
 */
export async function agreedGuarantee(
  client: Client,
  { requested, deadline }: { readonly requested: OrderingGuarantee | undefined; readonly deadline: Deadline },
): Promise<OrderingGuarantee> {
  const stored = storedGuarantee(client) ?? (await storeGuarantee(client, requested ?? DEFAULT_GUARANTEE, deadline));
  if (requested !== undefined && requested !== stored) throw new OrderingGuaranteeMismatchError({ stored, requested });
  return stored;
}

function storedGuarantee(client: Client): OrderingGuarantee | undefined {
  const row = client.prepare<[], readonly [OrderingGuarantee]>("SELECT ordering_guarantee FROM eventfold_log").raw();
  return row.get()?.[0];
}

/** Stores the guarantee, unless another process was faster: then its guarantee counts. */
function storeGuarantee(client: Client, guarantee: OrderingGuarantee, deadline: Deadline): Promise<OrderingGuarantee> {
  return inWriteTransaction(client, deadline, () => {
    client.prepare("INSERT OR IGNORE INTO eventfold_log (singleton, ordering_guarantee) VALUES (1, ?)").run(guarantee);
    const stored = storedGuarantee(client);
    if (stored === undefined) throw notWritten("the ordering guarantee of the log");
    return stored;
  });
}
