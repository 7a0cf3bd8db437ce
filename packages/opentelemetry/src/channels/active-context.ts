import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, context } from "@opentelemetry/api";

/** What scopes look like in the releases of Node that have them. */
interface Scope {
  [Symbol.dispose](): void;
}

/**
 * Lets a tracing channel make a context of OpenTelemetry the active one: it is bound to the start of the channel in place of a storage
 * of its own, and hands what it is given to the context manager, of which nobody else knows where it keeps contexts.
 *
 * Channels run their work by `run`; from Node 25.9 on they enter a scope instead.
 */
export class ActiveContext extends AsyncLocalStorage<Context | undefined> {
  override run<TResult>(to: Context | undefined, call: () => TResult): TResult;
  override run<TResult, TArgs extends unknown[]>(
    to: Context | undefined,
    call: (...args: TArgs) => TResult,
    ...args: TArgs
  ): TResult;
  override run<TResult, TArgs extends unknown[]>(
    to: Context | undefined,
    call: (...args: TArgs) => TResult,
    ...args: TArgs
  ): TResult {
    return to === undefined ? call(...args) : context.with(to, call, undefined, ...args);
  }

  withScope(to: Context | undefined): Scope {
    const attached = to === undefined ? undefined : context.attach?.(to); // the API has it since 1.10
    return { [Symbol.dispose]: () => attached?.dispose() };
  }
}
