import { EventBroker, type ProcessingStorageAdapter, type Subscription } from "@eventfold/processing";
import type { JsonValue } from "@eventfold/types";
import { appendDelivery } from "./delivery-file.ts";
import { recordDelivery } from "./record-delivery.ts";

/** What the process of a broker is given when it is started: one argument, as JSON. */
export interface BrokerAssignment {
  /** The name of the node, and of its recording. */
  readonly name: string;
  readonly leaseMs: number;
  /** Where it writes its records. */
  readonly recordsFile: string;
  /** The `data` of `runBrokerChaos`: where the storage is. */
  readonly data: JsonValue;
}

/** What a broker of a chaos run works on. */
export interface ChaosBroker {
  readonly subscription: Subscription;
  readonly storage: ProcessingStorageAdapter;
  /** Closes what was opened. */
  close(): Promise<void>;
}

/**
 * Does all that the script of a broker has to do: it opens a storage, lets a recorded broker work, and stops it when
 * `runBrokerChaos` tells it to.
 *
 * @throws the error after which the broker cannot go on; the process then ends with an error, and `runBrokerChaos` rejects.
 *
 * @example
 * ```ts
 * // worker.ts
 * import { runBrokerWorker } from "@eventfold/testing/delivery";
 *
 * await runBrokerWorker(async ({ data }) => openMailsAt(String(data)));
 * ```
 */
export async function runBrokerWorker(open: (assignment: BrokerAssignment) => Promise<ChaosBroker>): Promise<void> {
  const assignment = JSON.parse(process.argv.at(-1) ?? "") as BrokerAssignment;
  const { name, leaseMs, recordsFile } = assignment;
  const told = new Promise<unknown>((resolve) => process.stdin.on("data", resolve).on("close", resolve));
  const ended = new Promise<void>((resolve) => process.stdin.on("close", () => resolve()));
  const { subscription, storage, close } = await open(assignment);
  const recording = recordDelivery({ node: name, subscription, storage, onLine: appendDelivery(recordsFile) });
  const broker = new EventBroker({
    name,
    leaseMs,
    storage: recording.storage,
    subscriptions: [recording.subscription],
  });
  process.stdout.write("open\n");
  await told;
  await broker.start();
  await Promise.race([ended, broker.done]);
  await broker.stop();
  await broker.done;
  await close();
}
