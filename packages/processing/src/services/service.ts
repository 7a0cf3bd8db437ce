import type { ProcessingState } from "../broker/processing-state.ts";

/**
 * Something that runs in a process until it is stopped, or has done its work. An `EventBroker` is one, and so is what `pollingService`
 * makes.
 */
export interface Service {
  /** Of all services of a process the only one of that name. */
  readonly name: string;

  /** Begins, and fulfils when it works. When it rejects nothing runs, and it may be called again. */
  start(): Promise<void>;

  /** Lets it finish what it has in hand, within `timeoutMs`. It may come at any time, also while `start` is under way, and again. */
  stop(options: { readonly timeoutMs: number }): Promise<void>;

  /**
   * Looked at after each start: fulfils when the service has ended, by itself or because it was stopped; rejects when it cannot go on.
   * Without it, it runs until it is stopped.
   */
  readonly done?: Promise<void> | undefined;

  /** Without it, what the service manager knows of it is its status. */
  status?(): { readonly state: ProcessingState };
}

/** @throws `TypeError` when it is no service. */
export function checkService(service: { readonly [TMember in keyof Service]?: unknown }): void {
  const isService = typeof service?.start === "function" && typeof service.stop === "function";
  if (!isService) throw new TypeError("A service must have start() and stop(), as an EventBroker has.");
  if (typeof service.name === "string" && service.name !== "") return;
  throw new TypeError("A service must have a name, a string that is not empty.");
}
