import { HandlerTimedOutError } from "../errors/handler-timed-out-error.ts";

/** How a handler is called. */
export interface HandlerCallOptions {
  /** The name of the subscription. */
  readonly subscription: string;
  readonly timeoutMs: number | undefined;
  /** Aborted when the lane is lost. */
  readonly signal: AbortSignal;
}

/**
 * Calls a handler and waits for it, at most as long as its limit.
 *
 * @throws what the handler throws; `HandlerTimedOutError` when it takes too long; `TypeError` when it returns an iterator, of which
 * nothing would ever run.
 */
export async function callHandler(
  call: (signal: AbortSignal) => unknown,
  { subscription, timeoutMs, signal }: HandlerCallOptions,
): Promise<void> {
  if (timeoutMs === undefined) return checkReturned(await call(signal));
  const limit = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new HandlerTimedOutError({ subscription, timeoutMs });
      limit.abort(error);
      reject(error);
    }, timeoutMs);
  });
  try {
    const running = async () => call(AbortSignal.any([signal, limit.signal]));
    checkReturned(await Promise.race([running(), timedOut]));
  } finally {
    clearTimeout(timer);
  }
}

function checkReturned(returned: unknown): void {
  if (typeof returned !== "object" || returned === null || !("next" in returned)) return;
  if (typeof returned.next !== "function") return;
  throw new TypeError(
    "A handler returned an iterator, so none of its code ran: it must be a function or an async function, not a generator.",
  );
}
