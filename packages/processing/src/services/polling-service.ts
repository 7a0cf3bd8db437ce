import { setTimeout as delay } from "node:timers/promises";
import { checkedInteger } from "../subscription/checked-integer.ts";
import { checkedProcessingName } from "../subscription/processing-name.ts";
import type { Service } from "./service.ts";

/** How often work is done. */
export interface PollingOptions {
  /** The name of the service. */
  readonly name: string;
  /** How long after its end the work begins again, in milliseconds, from 0 to 86,400,000 (a day). */
  readonly intervalMs: number;
}

const DAY_MS = 86_400_000;

/**
 * A service that does work, waits, and does it again: the first time at once, and never twice at the same time. It ends when the work
 * fails. What happens then is for the service manager to say: after `retryWith(…)`, for example, it polls again.
 *
 * A stop interrupts the wait, aborts the `signal` of the work, and waits for the work no longer than `timeoutMs`.
 *
 * @throws `TypeError` or `RangeError` when an option is not what it should be.
 *
 * @example
 * ```ts
 * services.register(pollingService(({ signal }) => sendReminders({ signal }), { name: "reminders", intervalMs: 60_000 }));
 * ```
 */
export function pollingService(
  work: (context: { readonly signal: AbortSignal }) => unknown,
  { name, intervalMs }: PollingOptions,
): Service {
  if (typeof work !== "function") throw new TypeError("A polling service must be given a function that does the work.");
  checkedProcessingName("service", name);
  checkedInteger("intervalMs", intervalMs, { from: 0, to: DAY_MS });
  return new PollingService(name, work, intervalMs);
}

class PollingService implements Service {
  readonly name: string;
  readonly #work: (context: { readonly signal: AbortSignal }) => unknown;
  readonly #intervalMs: number;
  #end = new AbortController();
  #isPolling = false;
  #done: Promise<void> | undefined;

  constructor(name: string, work: (context: { readonly signal: AbortSignal }) => unknown, intervalMs: number) {
    this.name = name;
    this.#work = work;
    this.#intervalMs = intervalMs;
  }

  get done(): Promise<void> | undefined {
    return this.#done;
  }

  async start(): Promise<void> {
    if (this.#isPolling) return;
    this.#isPolling = true;
    this.#end = new AbortController();
    this.#done = this.#poll(this.#end.signal).finally(() => {
      this.#isPolling = false;
    });
    this.#done.catch(() => {}); // nobody has to look at it
  }

  async stop({ timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    this.#end.abort();
    const limit = new AbortController();
    const ended = this.#done?.catch(() => {});
    await Promise.race([ended, delay(timeoutMs, undefined, { signal: limit.signal }).catch(() => {})]);
    limit.abort();
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#work({ signal });
        await delay(this.#intervalMs, undefined, { signal });
      } catch (error) {
        if (!signal.aborted || !isAbort(error, signal)) throw error;
      }
    }
  }
}

function isAbort(error: unknown, { reason }: AbortSignal): boolean {
  return error === reason || (error instanceof Error && error.name === "AbortError");
}
