import { ProcessingControl, type ProcessingStorageAdapter, type SubscriptionStatus } from "@eventfold/processing";
import type { OpenedDatabase } from "../database/opened-database.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

/** The processing of a database, and one of its subscriptions. */
export interface OpenedSubscription {
  readonly database: OpenedDatabase;
  readonly processing: ProcessingStorageAdapter;
  readonly control: ProcessingControl;
  readonly stored: SubscriptionStatus;
}

/**
 * Opens the processing of a database.
 *
 * @throws `Failure` where there is none.
 */
export async function openProcessing({ processing }: OpenedDatabase): Promise<ProcessingStorageAdapter> {
  const opened = await processing();
  if (opened !== undefined) return opened;
  throw new Failure("There is no processing in this database: no broker was ever started with it.", {
    exitCode: EXIT_CODES.notFound,
  });
}

/**
 * Makes sure that a subscription has these partitions.
 *
 * @throws `Failure` for the first that it does not have.
 */
export function checkPartitions({ name, status }: SubscriptionStatus, asked: readonly number[] = []): void {
  const missing = asked.find((number) => status.every(({ partition }) => partition !== number));
  if (missing === undefined) return;
  const last = Math.max(...status.map(({ partition }) => partition));
  const found = last === 0 ? "partition 0 only" : `partitions 0 to ${last}`;
  throw new Failure(`There is no partition ${missing} of ${JSON.stringify(name)}, which has ${found}.`, {
    exitCode: EXIT_CODES.notFound,
  });
}

/**
 * Opens the processing of a database, and finds a subscription in it by its name.
 *
 * @throws `Failure` where there is none, with the names that there are.
 */
export async function openSubscription(database: OpenedDatabase, name: string): Promise<OpenedSubscription> {
  const processing = await openProcessing(database);
  const control = new ProcessingControl({ storage: processing });
  const { subscriptions } = await control.status();
  const stored = subscriptions.find((each) => each.name === name);
  if (stored !== undefined) return { database, processing, control, stored };
  const names = subscriptions.map((each) => JSON.stringify(each.name)).join(", ");
  throw new Failure(
    `There is no subscription ${JSON.stringify(name)}. ${names === "" ? "There are none." : `There are: ${names}.`}`,
    {
      exitCode: EXIT_CODES.notFound,
    },
  );
}
