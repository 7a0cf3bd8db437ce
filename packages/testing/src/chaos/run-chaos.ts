import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { EventStore } from "@eventfold/store";
import type { History } from "../history/history-line.ts";
import { HistoryParser } from "../history/history-text.ts";
import { recordHistory } from "../history/record-history.ts";
import { type Random, seededRandom } from "../random/random.ts";
import { chosenSeed } from "../random/seed.ts";
import type { ChaosFault, ChaosOptions, ChaosReport } from "./chaos-options.ts";
import { strike } from "./strike.ts";
import { WorkerProcess } from "./worker-process.ts";

/**
 * Lets processes publish and read while they are killed, frozen and cut off, and returns the history of all their calls
 * and replies, for `assertHistory`. Needs signals: it does not run on Windows.
 *
 * It ends when it has struck as often as asked, every worker has ended and the log was read. No process is left behind.
 *
 * @throws `Error` when a worker ends by itself or does not end when told to. It contains what the worker wrote to standard
 * error, the seed, and the folder where the histories of the workers are kept. Its cause is a `TypeError` if a fault has
 * nothing to strike.
 *
 * @example
 * ```ts
 * const script = new URL("./worker.ts", import.meta.url);
 * const report = await runChaos({ script, data: directory, open: () => MyEventStorageAdapter.open({ directory }) });
 * assertHistory(report.history);
 * ```
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const seed = chosenSeed(options.seed);
  const folder = await mkdtemp(join(tmpdir(), "eventfold-chaos-"));
  try {
    const crew = new Crew(options, folder, seededRandom(seed));
    const strikes = await crew.work();
    const history = (await historiesIn(crew.files)).concat(await lastReading(options));
    await rm(folder, { recursive: true, force: true });
    return { seed, strikes, history };
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(`${message}\nThe seed was ${seed}; the workers' histories are in ${folder}.`, { cause });
  }
}

async function historiesIn(files: readonly string[]): Promise<History> {
  const parser = new HistoryParser();
  const histories: History[] = [];
  for (const file of files) histories.push(parser.parse(await readFile(file, "utf8")));
  return histories.flat();
}

async function lastReading({ open }: ChaosOptions): Promise<History> {
  const adapter = await open();
  try {
    const { store, history } = recordHistory(new EventStore({ adapter }), { process: "last reading" });
    await store.log().read();
    return history();
  } finally {
    await adapter.close();
  }
}

/** The workers of one run. */
class Crew {
  readonly #options: ChaosOptions;
  readonly #folder: string;
  readonly #random: Random;
  readonly #workers: WorkerProcess[] = [];
  /** The history of each worker there was. */
  readonly files: string[] = [];

  constructor(options: ChaosOptions, folder: string, random: Random) {
    this.#options = options;
    this.#folder = folder;
    this.#random = random;
  }

  async work(): Promise<string[]> {
    const { workers = 3, strikes: count = 10, pauseMs = 150, link, server } = this.#options;
    const strikes: string[] = [];
    try {
      await this.#startAll(workers);
      for (const worker of this.#workers) worker.begin();
      const targets = { workers: this.#workers, replace: () => this.#startAtOnce(), random: this.#random };
      for (let n = 0; n < count; n += 1) {
        await wait(this.#random.integer(1, pauseMs));
        const faults = this.#faults();
        if (faults.length === 0) continue;
        strikes.push(await strike(this.#random.pick(faults), { ...targets, link, server, pauseMs }));
      }
      await wait(pauseMs); // what was struck works again
      link?.restore();
      await Promise.all(this.#workers.map((worker) => worker.end()));
      return strikes;
    } finally {
      await Promise.all(this.#workers.map((worker) => worker.kill()));
    }
  }

  async #startAll(workers: number): Promise<void> {
    const started = await Promise.allSettled(Array.from({ length: workers }, () => this.#start()));
    for (const start of started) if (start.status === "fulfilled") this.#workers.push(start.value);
    const failed = started.find((start) => start.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  async #startAtOnce(): Promise<WorkerProcess> {
    const worker = await this.#start();
    worker.begin();
    return worker;
  }

  #faults(): readonly ChaosFault[] {
    const { faults, link, server } = this.#options;
    if (faults !== undefined) return faults;
    const ofLink: ChaosFault[] = link === undefined ? [] : ["cut", "lose-reply", "hold", "refuse"];
    return ["kill", "freeze", ...ofLink, ...(server === undefined ? [] : (["crash"] as const))];
  }

  async #start(): Promise<WorkerProcess> {
    const { script, execArgv = process.execArgv, callers = 4, data = null } = this.#options;
    const name = `worker-${this.files.length + 1}`;
    const historyFile = join(this.#folder, `${name}.jsonl`);
    this.files.push(historyFile);
    const seed = this.#random.integer(0, 2 ** 32 - 1);
    return WorkerProcess.start(script, execArgv, { name, seed, historyFile, callers, data });
  }
}
