import type { EventStorageAdapter } from "@eventfold/store";
import type { JsonValue } from "@eventfold/types";
import type { History } from "../history/history-line.ts";
import type { TcpProxy } from "./tcp-proxy.ts";

/**
 * The faults of a chaos run.
 *
 * - `kill`: `SIGKILL` for a worker; another one takes its place.
 * - `freeze`: `SIGSTOP` for a worker, and `SIGCONT` a moment later.
 * - `cut`: every connection of the link is cut at once.
 * - `lose-reply`: the connection over which the server answers next is cut before the answer passes.
 * - `hold`: for a moment nothing passes the link, although connections stay open; then they are cut.
 * - `refuse`: connections are cut, and for a moment no new ones are taken.
 * - `crash`: `SIGKILL` for the server, which is then started again.
 */
export type ChaosFault = "kill" | "freeze" | "cut" | "lose-reply" | "hold" | "refuse" | "crash";

/** A server that chaos may crash, such as the `process` of `startPostgres`. */
export interface ChaosServer {
  /** Ends it and waits until it is gone. */
  kill(signal: "SIGKILL"): Promise<void>;
  /** Starts it again, at the same address on the same files. */
  start(): Promise<void>;
}

/** The options of {@link runChaos}. */
export interface ChaosOptions {
  /** The script of a worker, which calls `runChaosWorker`. */
  readonly script: string | URL;
  /** What the workers need to know about the storage. Default: `null`. */
  readonly data?: JsonValue | undefined;
  /** Flags for the workers' Node. Default: those of this process. */
  readonly execArgv?: readonly string[] | undefined;
  /** Opens an adapter for the final reading of the log, when all workers have ended. */
  readonly open: () => Promise<EventStorageAdapter>;
  /** How many workers there are at any time. Default: 3. */
  readonly workers?: number | undefined;
  /** How many callers each worker has. Default: 4. */
  readonly callers?: number | undefined;
  /** How often chaos strikes. Default: 10. */
  readonly strikes?: number | undefined;
  /**
   * The faults to strike with; with an empty list it only pauses. Default: all possible ones, which without a link and
   * a server are `kill` and `freeze`.
   */
  readonly faults?: readonly ChaosFault[] | undefined;
  /** The longest pause between two strikes, and the longest a strike takes, in milliseconds. Default: 150. */
  readonly pauseMs?: number | undefined;
  /** The proxy through which the workers reach the server. */
  readonly link?: TcpProxy | undefined;
  /** The server, if it may be crashed. */
  readonly server?: ChaosServer | undefined;
  /** Where the choices come from: an integer below 2³². Default: `EVENTFOLD_SEED`, else a fresh one. */
  readonly seed?: number | undefined;
}

/** The result of {@link runChaos}. */
export interface ChaosReport {
  /** The histories of all workers, joined, and the final reading of the log. */
  readonly history: History;
  /**
   * The seed of the choices. The same seed makes the same strikes; how the processes run in between depends on the
   * machine.
   */
  readonly seed: number;
  /** Each strike, in words. */
  readonly strikes: readonly string[];
}
