import type { StoredEvent } from "@eventfold/types";
import { HandlerTimedOutError } from "../errors/handler-timed-out-error.ts";
import { traceProcess } from "../tracing/channels.ts";
import type { Entry } from "./backlog.ts";
import { HandlerEffects } from "./handler-effects.ts";
import type { LaneWork } from "./lane-work.ts";

/** What a handler is called for. */
export interface HandlerCall {
  readonly events: readonly StoredEvent[];
  /** Those of the lane that are done with them; none where a parked event is replayed. */
  readonly entries: readonly Entry[];
  /** The number of the try, from 1. */
  readonly attempt: number;
}

/** Calls the handler itself. */
type CallHandler = (effects: HandlerEffects, signal: AbortSignal) => unknown;

/**
 * Calls a handler for events, waits for it, and stores what it has done.
 *
 * @throws what the handler throws, and nothing of it is stored; `HandlerTimedOutError` when it takes too long; `TypeError` when it
 * returns an iterator, of which nothing would ever run; else what the store rejects with.
 */
export function handleEvents(
  lane: LaneWork,
  { events, entries, attempt }: HandlerCall,
  call: CallHandler,
): Promise<void> {
  return traceProcess(
    () => ({ ...lane.describe(), count: events.length, events, attempt }),
    () => callForEffects(lane, entries, call),
  );
}

/** It runs for every event, and waits only where there is something to wait for. */
async function callForEffects(lane: LaneWork, entries: readonly Entry[], call: CallHandler): Promise<void> {
  const effects = new HandlerEffects(lane, entries);
  const { handlerTimeoutMs: timeoutMs } = lane.subscription;
  try {
    const running = (signal: AbortSignal) => effects.run(() => call(effects, signal));
    const returned = timeoutMs === undefined ? running(lane.signal) : callInTime(lane, timeoutMs, running);
    if (returned !== undefined) checkReturned(await returned);
  } catch (error) {
    await effects.discard(error);
    throw error;
  }
  if (effects.areThere) await effects.store();
  else effects.end();
}

async function callInTime(
  { subscription: { name: subscription }, signal }: LaneWork,
  timeoutMs: number,
  call: (signal: AbortSignal) => unknown,
): Promise<unknown> {
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
    return await Promise.race([running(), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws `TypeError` when a handler returned an iterator. */
export function checkReturned(returned: unknown): void {
  if (typeof returned !== "object" || returned === null || !("next" in returned)) return;
  if (typeof returned.next !== "function") return;
  throw new TypeError(
    "A handler returned an iterator, so none of its code ran: it must be a function or an async function, not a generator.",
  );
}
