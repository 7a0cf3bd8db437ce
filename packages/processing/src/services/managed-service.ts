import type { ProcessingState } from "../broker/processing-state.ts";
import { Changes } from "../work/changes.ts";
import { errorTextOf } from "../work/error-text.ts";
import type { ChosenReaction } from "./error-reaction.ts";
import { checkService, type Service } from "./service.ts";

/** A service that has run for this long before it fails has not failed in a row. */
const STEADY_MS = 60_000;

/** How long a stop may exceed its limit, because it may need one more call of a storage after it. */
const GRACE_MS = 1_000;

/** How a service is managed. */
export interface ManagedServiceOptions {
  /** Makes the service: once, and again for each further try where a new one is needed. */
  readonly make: () => Service;
  readonly isForeground: boolean;
  /** Chooses what happens when it fails. */
  readonly react: (error: unknown, name: string, failures: number) => ChosenReaction<void>;
  /** Ends the process, after everything was stopped. */
  readonly onExit: (code: number) => void;
  /** Is called when everything must be stopped because of an error. */
  readonly onFailure: (error: unknown) => void;
  /** Reports what went wrong while a service stopped. */
  readonly tell: (error: unknown, message: string) => void;
}

/** A service from its start to its end, with as many tries as the reactions to its errors say. */
export class ManagedService {
  readonly name: string;
  readonly isForeground: boolean;
  readonly #options: ManagedServiceOptions;
  readonly #changes = new Changes();
  #service: Service;
  #state: ProcessingState = "waiting";
  #error: string | undefined;
  #isUp = false;
  #running: Promise<void> | undefined;
  #isStopping = false;

  /** @throws `TypeError` when what is made is not a service. */
  constructor(options: ManagedServiceOptions) {
    this.#options = options;
    this.#service = options.make();
    checkService(this.#service);
    this.name = this.#service.name;
    this.isForeground = options.isForeground;
    if (this.isForeground && !("done" in this.#service)) {
      throw new TypeError(
        `The service ${JSON.stringify(this.name)} never ends: without done it cannot run in the foreground.`,
      );
    }
  }

  get state(): ProcessingState {
    return this.#state === "live" ? (this.#service.status?.().state ?? "live") : this.#state;
  }

  /** The error that it failed with last. */
  get error(): string | undefined {
    return this.#error;
  }

  /** Whether it was started and is no longer running. */
  get hasEnded(): boolean {
    return this.#running !== undefined && (this.#state === "stopped" || this.#state === "failed");
  }

  /** Fulfils when it has ended. */
  get ended(): Promise<void> {
    return this.#changes.until(() => this.hasEnded);
  }

  /** Starts it and waits until it is running, or, in the foreground, until it has ended. It never rejects. */
  async start(): Promise<void> {
    this.#running ??= this.#run();
    await this.#changes.until(() => this.hasEnded || (this.#isUp && !this.isForeground));
  }

  /**
   * Stops it. It never rejects.
   *
   * @returns whether it has stopped within its time.
   */
  async stop(timeoutMs: number): Promise<boolean> {
    if (this.#running === undefined || this.hasEnded) {
      if (this.#running === undefined) this.#state = "stopped";
      return true;
    }
    this.#isStopping = true;
    this.#setState("stopping");
    void this.#stopService(timeoutMs).then(() => this.#setState("stopped"));
    return this.#changes.untilOrFor(() => this.hasEnded, timeoutMs + GRACE_MS);
  }

  async #run(): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      const startMs = performance.now();
      try {
        this.#setState("starting");
        if (failures > 1) this.#service = this.#options.make();
        await this.#service.start();
        if (this.#isStopping) return;
        this.#isUp = true;
        this.#setState("live");
        await (this.#service.done ?? new Promise(() => {}));
        if (!this.#isStopping) this.#setState("stopped");
        return;
      } catch (error) {
        if (this.#isStopping) return this.#options.tell(error, `The service ${this.name} failed while it was stopped.`);
        this.#error = errorTextOf(error);
        if (performance.now() - startMs > STEADY_MS) failures = 1;
        const reaction = this.#options.react(error, this.name, failures);
        if (reaction.kind !== "retry") return this.#giveUp(reaction);
        this.#setState("retrying");
        await this.#changes.untilOrFor(() => this.#isStopping, reaction.waitMs);
        if (this.#isStopping) return;
      }
    }
  }

  #giveUp(reaction: Exclude<ChosenReaction<void>, { readonly kind: "retry" }>): void {
    this.#setState("failed");
    if (reaction.kind === "exit") this.#options.onExit(reaction.code);
    if (reaction.kind === "throw") this.#options.onFailure(reaction.error);
  }

  async #stopService(timeoutMs: number): Promise<void> {
    try {
      await this.#service.stop({ timeoutMs });
      await this.#service.done?.catch(() => {}); // told where it is waited for; what goes on beyond its time ends here
    } catch (error) {
      this.#options.tell(error, `The service ${this.name} could not be stopped as it should be.`);
    }
  }

  #setState(state: ProcessingState): void {
    this.#state = state;
    this.#changes.notify();
  }
}
