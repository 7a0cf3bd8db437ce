import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { ProcessingStatus, ProcessingStorageAdapter } from "@eventfold/processing";
import { isEventfoldError, type JsonValue } from "@eventfold/types";
import { WorkerProcess } from "../chaos/worker-process.ts";
import type { BrokerAssignment } from "./broker-chaos-worker.ts";
import { parseDelivery } from "./delivery-file.ts";
import type { DeliveryRecords } from "./delivery-line.ts";

/** How long the runner waits for brokers to make progress, in milliseconds. */
const PROGRESS_LIMIT_MS = 120_000;

/** How long it waits before it looks again, in milliseconds. */
const LOOK_MS = 20;

/** For how many leases a broker stays frozen if others do not evict it, and how often it is frozen before that is an error. */
const FREEZE_LEASES = 5;
const FREEZES = 20;

/** The options of {@link runBrokerChaos}. */
export interface BrokerChaosOptions {
  /** The script of a broker, which calls `runBrokerWorker`. */
  readonly script: string | URL;
  /** The name of the subscription of the brokers. */
  readonly subscription: string;
  /** Where its leases and checkpoints are stored, to look at. */
  readonly storage: ProcessingStorageAdapter;
  /** Publishes some events to the source of the subscription, and returns the sequence number of the last one. */
  readonly publish: () => Promise<number>;
  /** How often it publishes between two strikes, and before and after them. Default: 20. */
  readonly publishes?: number | undefined;
  /** How often it kills one broker and freezes another. Default: 1. */
  readonly rounds?: number | undefined;
  /** What else is done in each round, such as harm to the storage, while events are published. Default: nothing. */
  readonly strike?: (() => Promise<void>) | undefined;
  /** How many brokers there are at any time. Default: 3. */
  readonly workers?: number | undefined;
  /** The lease of the brokers, in milliseconds. Default: 600. */
  readonly leaseMs?: number | undefined;
  /** What the workers need to know about the storage. Default: `null`. */
  readonly data?: JsonValue | undefined;
  /** Flags for the workers' Node. Default: those of this process. */
  readonly execArgv?: readonly string[] | undefined;
}

/** The result of {@link runBrokerChaos}, for `assertDelivery`. */
export interface BrokerChaosReport {
  /** The records of all brokers, joined. */
  readonly records: DeliveryRecords;
  /** What was stored when everything was handled, before the brokers were stopped. */
  readonly status: ProcessingStatus;
}

/**
 * Lets brokers in separate processes handle what is published meanwhile. In each round one broker is killed by `SIGKILL`, and
 * another takes its place. A second one is frozen by `SIGSTOP` until others have evicted it and taken over, and is then woken. Then comes
 * the `strike` of the caller's own. The run ends when everything is handled and every broker has stopped. Needs signals: it does not run on Windows.
 *
 * @throws `Error` when a broker ends by itself, or brokers make no progress, with the folder where their records are kept.
 *
 * @example
 * ```ts
 * const report = await runBrokerChaos({ script, subscription: "mails", storage, publish });
 * assertDelivery(report.records, { log: await store.category("users").read(), status: report.status });
 * ```
 */
export async function runBrokerChaos(options: BrokerChaosOptions): Promise<BrokerChaosReport> {
  const folder = await mkdtemp(join(tmpdir(), "eventfold-brokers-"));
  const brokers = new Brokers(options, folder);
  try {
    const status = await brokers.work();
    const texts = await Promise.all(brokers.files.map((file) => readFile(file, "utf8")));
    await rm(folder, { recursive: true, force: true });
    return { status, records: texts.flatMap(parseDelivery) };
  } catch (cause) {
    throw new Error(`${(cause as Error).message}\nThe records of the brokers are in ${folder}.`, { cause });
  }
}

/** The brokers of one run. */
class Brokers {
  readonly #options: BrokerChaosOptions;
  readonly #folder: string;
  readonly #leaseMs: number;
  readonly #workers: WorkerProcess[] = [];
  #latest = 0;
  /** The records of each broker there was. */
  readonly files: string[] = [];

  constructor(options: BrokerChaosOptions, folder: string) {
    this.#options = options;
    this.#folder = folder;
    this.#leaseMs = options.leaseMs ?? 600;
  }

  async work(): Promise<ProcessingStatus> {
    const { workers = 3, rounds = 1 } = this.#options;
    try {
      await this.#publish();
      for (let n = 0; n < workers; n += 1) await this.#start();
      await this.#untilAllWork();
      for (let n = 0; n < rounds; n += 1) {
        await Promise.all([this.#publish(), this.#killOne()]);
        await Promise.all([this.#publish(), this.#freezeOne()]);
        await this.#strike();
      }
      await this.#publish();
      await this.#untilAllWork();
      const status = await this.#until("everything to be handled", (seen) => this.#isCaughtUp(seen));
      await Promise.all(this.#workers.map((worker) => worker.end()));
      return status;
    } finally {
      await Promise.all(this.#workers.map((worker) => worker.kill()));
    }
  }

  async #start(): Promise<void> {
    const { script, execArgv = process.execArgv, data = null } = this.#options;
    const name = `broker-${this.files.length + 1}`;
    const recordsFile = join(this.#folder, `${name}.jsonl`);
    this.files.push(recordsFile);
    const assignment: BrokerAssignment = { name, leaseMs: this.#leaseMs, recordsFile, data };
    const worker = await WorkerProcess.start(script, execArgv, assignment);
    this.#workers.push(worker);
    worker.begin();
  }

  async #publish(): Promise<void> {
    const { publish, publishes = 20 } = this.#options;
    for (let n = 0; n < publishes; n += 1) {
      this.#latest = Math.max(this.#latest, await publish());
      await wait(1);
    }
  }

  async #strike(): Promise<void> {
    const { strike } = this.#options;
    if (strike === undefined) return;
    let isOver = false;
    const striking = strike().finally(() => {
      isOver = true;
    });
    const publishing = async () => {
      while (!isOver) await this.#publish();
    };
    await Promise.all([striking, publishing()]);
    await this.#untilAllWork();
  }

  async #killOne(): Promise<void> {
    const worker = this.#workers.shift();
    await worker?.kill();
    await this.#start();
    await this.#until("the killed broker to be evicted", ({ sessions }) => !has(sessions, worker));
    await this.#untilAllWork();
  }

  async #freezeOne(): Promise<void> {
    const worker = this.#workers.shift();
    if (worker === undefined) return;
    this.#workers.push(worker);
    const isReplaced = (seen: ProcessingStatus) => !has(seen.sessions, worker) && areAllOwned(seen);
    for (let tries = 1; ; tries += 1) {
      worker.freeze();
      const replaced = await this.#look(isReplaced, this.#leaseMs * FREEZE_LEASES);
      worker.thaw();
      if (replaced !== undefined) break;
      if (tries === FREEZES) throw new Error(`The broker ${worker.name} was frozen ${tries} times, and never evicted.`);
      await wait(this.#leaseMs); // it had the storage locked, so nobody could evict it: let the others go on first
    }
    await this.#untilAllWork();
  }

  /** Waits until every partition has an owner, and every broker has some. */
  async #untilAllWork(): Promise<void> {
    await this.#until("every broker to have partitions", (seen) => {
      const owners = new Set(seen.subscriptions.flatMap(({ status }) => status.map(({ owner }) => owner)));
      const working = seen.sessions.filter(({ id }) => owners.has(id)).map(({ name }) => name);
      return areAllOwned(seen) && this.#workers.every(({ name }) => working.includes(name));
    });
  }

  #isCaughtUp(seen: ProcessingStatus): boolean {
    const partitions = seen.subscriptions.flatMap(({ status }) => status);
    return areAllOwned(seen) && partitions.every(({ checkpoint }) => checkpoint.sequenceNumber >= this.#latest);
  }

  async #until(what: string, holds: (seen: ProcessingStatus) => boolean): Promise<ProcessingStatus> {
    const seen = await this.#look(holds, PROGRESS_LIMIT_MS);
    if (seen !== undefined) return seen;
    throw new Error(`Waited ${PROGRESS_LIMIT_MS} ms in vain for ${what}.`);
  }

  /** Looks at the stored status until the condition holds; `undefined` if that takes too long. */
  async #look(holds: (seen: ProcessingStatus) => boolean, limitMs: number): Promise<ProcessingStatus | undefined> {
    const { storage, subscription } = this.#options;
    const endMs = performance.now() + limitMs;
    while (performance.now() < endMs) {
      const seen = await storage.storage.status({ names: [subscription] }).catch(outOfReach);
      if (seen !== undefined && holds(seen)) return seen;
      for (const worker of this.#workers) worker.throwIfFailed();
      await wait(LOOK_MS);
    }
    return undefined;
  }
}

/** It may be out of reach for a moment after a strike. */
function outOfReach(error: unknown): undefined {
  if (!isEventfoldError(error) || !error.isRetryable) throw error;
}

function has(sessions: ProcessingStatus["sessions"], worker: WorkerProcess | undefined): boolean {
  return sessions.some(({ name }) => name === worker?.name);
}

function areAllOwned({ sessions, subscriptions }: ProcessingStatus): boolean {
  const living = new Set<string | undefined>(sessions.map(({ id }) => id));
  return (
    subscriptions.length > 0 && subscriptions.every(({ status }) => status.every(({ owner }) => living.has(owner)))
  );
}
