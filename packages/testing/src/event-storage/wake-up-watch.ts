import { AssertionError } from "node:assert";
import type { EventStorageAdapter } from "@eventfold/store";
import type { Pace } from "../suite/pace.ts";
import { DEFAULT_TIME_LIMIT_MS } from "../suite/rule-test.ts";

/** How long listeners may stay uncalled after a publish, over all tests of one suite. */
export class WakeUpLimit {
  #limitMs: number;

  /** The port promises a call within seconds: a third of a test's time. */
  constructor(timeLimitMs: number = DEFAULT_TIME_LIMIT_MS) {
    this.#limitMs = timeLimitMs / 3;
  }

  /** In milliseconds. */
  get limitMs(): number {
    return this.#limitMs;
  }

  /** Waits no longer than a second from now on, because the suite has failed, and every other test would wait for nothing too. */
  lose(): void {
    this.#limitMs = Math.min(this.#limitMs, 1_000);
  }
}

/** A listener of one adapter. */
interface Registration {
  readonly adapter: EventStorageAdapter;
  readonly listener: () => void;
  /** The function that the adapter is given: for the same listener always the same one. */
  readonly call: () => void;
  readonly uses: Set<symbol>;
  calls: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Fails a test as soon as it is clear that a listener is not called after a publish. Whatever waits for the wake-up, such as
 * a follower, would wait until the time limit, and could not say what for.
 */
export class WakeUpWatch {
  readonly #registrations = new Set<Registration>();
  readonly #pace: Pace;
  readonly #wakeUpLimit: WakeUpLimit;

  constructor(pace: Pace, wakeUpLimit: WakeUpLimit) {
    this.#pace = pace;
    this.#wakeUpLimit = wakeUpLimit;
  }

  /** Gives the adapter a listener, whose calls are counted. */
  listen(adapter: EventStorageAdapter, listener: () => void): () => void {
    const registration = this.#registered(adapter, listener) ?? this.#register(adapter, listener);
    const use = Symbol("use");
    registration.uses.add(use);
    const end = adapter.onChange(registration.call);
    return () => {
      registration.uses.delete(use);
      if (registration.uses.size === 0) this.#forget(registration);
      end();
    };
  }

  /** Writes, and then expects every listener to be called, if anything was stored, unless it was called meanwhile. */
  async publishing<T>(write: () => Promise<T>, hasStored: (result: T) => boolean): Promise<T> {
    const open = [...this.#registrations].filter(({ adapter }) => !adapter.isClosed);
    const expectCalls = this.#expectation(open, "a publish that stored events");
    const result = await write();
    if (hasStored(result)) expectCalls();
    return result;
  }

  /** Closes the adapter, and then expects its listeners to be called, unless they were called meanwhile. */
  async closing(adapter: EventStorageAdapter, close: () => Promise<void>): Promise<void> {
    const registrations = [...this.#registrations].filter((each) => each.adapter === adapter);
    const expectCalls = adapter.isClosed ? () => {} : this.#expectation(registrations, "the close");
    await close();
    for (const registration of registrations) stopClock(registration); // of a publish before it
    expectCalls();
  }

  /** Notes how often the listeners were called, and returns a function that starts the clock for those that were not called since. */
  #expectation(registrations: readonly Registration[], event: string): () => void {
    const before = registrations.map((registration) => ({ registration, calls: registration.calls }));
    return () => {
      for (const { registration, calls } of before) {
        if (registration.calls === calls && registration.uses.size > 0) this.#startClock(registration, event);
      }
    };
  }

  #startClock(registration: Registration, event: string): void {
    const { limitMs } = this.#wakeUpLimit;
    registration.timer ??= setTimeout(() => {
      this.#wakeUpLimit.lose();
      this.#pace.fail(neverCalled(registration, `in the ${limitMs} ms after ${event}`));
    }, limitMs).unref();
  }

  #registered(adapter: EventStorageAdapter, listener: () => void): Registration | undefined {
    return [...this.#registrations].find((each) => each.adapter === adapter && each.listener === listener);
  }

  #register(adapter: EventStorageAdapter, listener: () => void): Registration {
    const call = (): unknown => {
      registration.calls += 1;
      stopClock(registration);
      return listener(); // the listener may be asynchronous after all, which the adapter has to take into account.
    };
    const registration: Registration = { adapter, listener, call, uses: new Set(), calls: 0, timer: undefined };
    this.#registrations.add(registration);
    return registration;
  }

  #forget(registration: Registration): void {
    this.#registrations.delete(registration);
    stopClock(registration);
  }
}

function stopClock(registration: Registration): void {
  clearTimeout(registration.timer);
  registration.timer = undefined;
}

function neverCalled({ calls }: Registration, wait: string): AssertionError {
  const message =
    calls === 0
      ? `rule 18: no listener was called ${wait}: one that was given to onChange has never been called.`
      : `rule 18: a listener that was given to onChange was not called ${wait}; it had been called before.`;
  return new AssertionError({ message, operator: "wakeUp" });
}
