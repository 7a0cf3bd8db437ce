import { constants } from "node:os";
import { LONGEST_TIMEOUT_MS } from "@eventfold/store/adapter";
import { guardedLogger, type Logger } from "@eventfold/types";
import { combinedStatus, type ProcessingState } from "../broker/processing-state.ts";
import { type StopOptions, stopTimeMs } from "../broker/stop-options.ts";
import { checkedInteger } from "../subscription/checked-integer.ts";
import { checkedReactions, chooseReaction, type ErrorReactions, rethrow } from "./error-reaction.ts";
import { ManagedService } from "./managed-service.ts";
import type { Service } from "./service.ts";

/** How a service manager is made. */
export interface ServiceManagerOptions {
  /**
   * What happens when a service cannot start, or cannot go on. An error that a function throws is treated as by `rethrow`. Default:
   * `rethrow()`, which stops everything.
   */
  readonly onError?: ErrorReactions | undefined;
  /** The signals that stop everything. Default: `SIGTERM` and `SIGINT`. None: `[]`. */
  readonly signals?: readonly NodeJS.Signals[] | undefined;
  /** How long services may take to stop, all together, in milliseconds, when a signal or an error stops them. Default: 10,000. */
  readonly stopTimeoutMs?: number | undefined;
  /** Receives every error of a service, and reports of services that do not stop. Default: nothing is logged. */
  readonly logger?: Logger | undefined;
}

/** How a service is registered. */
export interface RegisterOptions {
  /**
   * `"background"`: the next services are started as soon as this one is running. `"foreground"`: only when it has ended, as for a
   * migration. Default: `"background"`.
   */
  readonly runs?: "foreground" | "background" | undefined;
}

/** A service, as it is now. */
export interface ServiceStatus {
  readonly name: string;
  /** The state that the service reports, if it has a `status`; `waiting` before its start; `failed` when it was given up. */
  readonly state: ProcessingState;
  /** The error that it failed with last. */
  readonly error: string | undefined;
}

/** Everything that a service manager runs, as it is now. Plain data. */
export interface ServiceManagerStatus {
  /** The state of the service that should be looked at first. */
  readonly state: ProcessingState;
  /** In the order in which they were registered. */
  readonly services: readonly ServiceStatus[];
}

/**
 * Runs the services of a process: starts them in order, and stops them in reverse order on request, on signals and on errors.
 *
 * The first signal stops everything. When services do not stop in time, or a second signal comes, the process ends at once with the
 * exit code that a shell expects: 128 plus the number of the signal. After a stop in time the process ends by itself, once nothing
 * keeps it open.
 *
 * @example
 * ```ts
 * const services = new ServiceManager({
 *   onError: (error, { failures }) => (failures < 5 ? retryWith(backoff) : exitProcess()),
 * });
 * services.register(() => new EventBroker({ name: "worker-1", storage, subscriptions: [mails] }));
 * services.register(pollingService(sendReminders, { name: "reminders", intervalMs: 60_000 }));
 * await services.start();
 * await services.done;
 * ```
 */
export class ServiceManager {
  readonly #services: ManagedService[] = [];
  readonly #onError: ErrorReactions;
  readonly #signals: readonly NodeJS.Signals[];
  readonly #stopTimeoutMs: number;
  readonly #logger: Logger;
  readonly #ended = Promise.withResolvers<void>();
  readonly #onSignal = (signal: NodeJS.Signals) => this.#heed(signal);
  #starting: Promise<void> | undefined;
  #stopping: Promise<boolean> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @throws `TypeError` or `RangeError` when an option is not what it should be. */
  constructor(options: ServiceManagerOptions = {}) {
    const { onError = rethrow(), signals = ["SIGTERM", "SIGINT"], stopTimeoutMs = 10_000, logger } = options;
    this.#onError = checkedReactions(onError);
    this.#signals = checkedSignals(signals);
    this.#stopTimeoutMs = checkedInteger("stopTimeoutMs", stopTimeoutMs, { from: 0, to: LONGEST_TIMEOUT_MS });
    this.#logger = guardedLogger(logger);
    this.#ended.promise.catch(() => {}); // nobody has to look at it
  }

  /**
   * Adds a service, after those that are there.
   *
   * @param service the service, or a function that makes it. The function is called at once, and again for every further try after
   * an error: a service that can be started only once, such as a broker, needs it.
   * @throws `TypeError` for anything but a service, and for one without `done` in the foreground; `RangeError` when another service
   * has its name, or the services were already started.
   */
  register(service: Service | (() => Service), { runs = "background" }: RegisterOptions = {}): void {
    if (this.#starting !== undefined) throw new RangeError("Services must be registered before they are started.");
    if (runs !== "background" && runs !== "foreground") {
      throw new TypeError(`A service must run in the "foreground" or in the "background", got ${String(runs)}.`);
    }
    const managed = new ManagedService({
      make: typeof service === "function" ? service : () => service,
      isForeground: runs === "foreground",
      react: (error, name, failures) => {
        this.#logger.error({ error, service: name, failures }, "A service failed.");
        return chooseReaction(error, this.#onError, { name, failures });
      },
      onExit: (code) => void this.stop().finally(() => process.exit(code)),
      onFailure: (error) => {
        this.#failure ??= { error };
        void this.stop();
      },
      tell: (error, message) => this.#logger.warn({ error }, message),
    });
    if (this.#services.some(({ name }) => name === managed.name)) {
      throw new RangeError(`Two services have the name ${JSON.stringify(managed.name)}.`);
    }
    this.#services.push(managed);
  }

  /** Fulfils when everything has ended, or rejects at that time with what `rethrow` passes on. Never an unhandled rejection. */
  get done(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * Starts all services in order, and heeds signals from then on. It fulfils when all services are running and those in the
   * foreground have ended, or when they were stopped meanwhile. Further calls start nothing.
   *
   * @throws what `rethrow` passes on when a service fails meanwhile, once the others have stopped.
   */
  async start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Stops all services one by one, in reverse order. Idempotent; it never rejects. */
  async stop({ timeoutMs = this.#stopTimeoutMs }: StopOptions = {}): Promise<void> {
    this.#stopping ??= this.#stop(stopTimeMs({ timeoutMs }));
    await this.#stopping;
  }

  /** How all services are now. No I/O. */
  status(): ServiceManagerStatus {
    const services = this.#services.map(({ name, state, error }) => ({ name, state, error }));
    return { state: combinedStatus(services.map(({ state }) => state)), services };
  }

  async #start(): Promise<void> {
    if (this.#stopping !== undefined) return;
    for (const signal of this.#signals) process.on(signal, this.#onSignal);
    for (const service of this.#services) {
      await service.start();
      if (this.#stopping !== undefined) break;
    }
    if (this.#stopping !== undefined) await this.#stopping;
    else void this.#stopWhenAllHaveEnded();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #stopWhenAllHaveEnded(): Promise<void> {
    await Promise.all(this.#services.map((service) => service.ended));
    await this.stop();
  }

  async #stop(timeoutMs: number): Promise<boolean> {
    const endMs = performance.now() + timeoutMs;
    let areAllStopped = true;
    for (const service of this.#services.toReversed()) {
      const hasStopped = await service.stop(Math.max(0, Math.ceil(endMs - performance.now())));
      if (hasStopped) continue;
      areAllStopped = false;
      this.#logger.error({ service: service.name, timeoutMs }, "A service has not stopped in time, and was given up.");
    }
    for (const signal of this.#signals) process.off(signal, this.#onSignal);
    if (this.#failure === undefined) this.#ended.resolve();
    else this.#ended.reject(this.#failure.error);
    return areAllStopped;
  }

  #heed(signal: NodeJS.Signals): void {
    const code = 128 + constants.signals[signal];
    if (this.#stopping !== undefined) {
      this.#logger.error({ signal }, "A signal came while services were stopped: the process ends at once.");
      process.exit(code);
    }
    this.#stopping = this.#stop(this.#stopTimeoutMs);
    void this.#stopping.then((areAllStopped) => {
      if (!areAllStopped) process.exit(code);
    });
  }
}

function checkedSignals(signals: readonly NodeJS.Signals[]): readonly NodeJS.Signals[] {
  if (!Array.isArray(signals)) throw new TypeError("signals must be an array of names of signals.");
  for (const signal of signals) {
    if (!Object.hasOwn(constants.signals, signal)) throw new TypeError(`There is no signal ${String(signal)}.`);
  }
  return signals;
}
