import type { ProcessingState } from "../broker/processing-state.ts";

/**
 * Something that runs in a process until it is stopped, or has done its work. An `EventBroker` is one, and so is what `pollingService`
 * makes.
 */
export interface Service {
  /** Unique among the services of a process. */
  readonly name: string;

  /** Fulfils when the service is running. When it rejects, nothing runs, and it may be called again. */
  start(): Promise<void>;

  /** Lets it finish what it has in hand, within `timeoutMs`. May be called at any time, even during `start`, and again. */
  stop(options: { readonly timeoutMs: number }): Promise<void>;

  /**
   * Fulfils when the service has ended, by itself or because it was stopped; rejects when it cannot go on. It is read after each
   * start. A service without it runs until it is stopped.
   */
  readonly done?: Promise<void> | undefined;

  /** Without it, the service manager derives the state from what it knows. */
  status?(): { readonly state: ProcessingState };
}

/** @throws `TypeError` when it is not a service. */
export function checkService(service: { readonly [TMember in keyof Service]?: unknown }): void {
  const isService = typeof service?.start === "function" && typeof service.stop === "function";
  if (!isService) throw new TypeError("A service must have start() and stop(), as an EventBroker has.");
  if (typeof service.name === "string" && service.name !== "") return;
  throw new TypeError("A service must have a name, a string that is not empty.");
}
