import { LONGEST_TIMEOUT_MS } from "@eventfold/store/adapter";

/** Something that is waited for, at most until a time. */
interface Wait {
  /** In the milliseconds of `performance.now()`. */
  readonly untilMs: number;
  readonly end: () => void;
}

// One timer for all: a timer per statement would nearly always be set and cleared for nothing. It does not keep the
// process alive, since the awaited work does.
const waits = new Set<Wait>();
let timer: NodeJS.Timeout | undefined;
let timerMs = Number.POSITIVE_INFINITY;

/** The outcome of a promise, or, when that takes longer, a rejection with the error that `onTimeout` returns. */
export function withTimeout<T>(promise: Promise<T>, timeoutMs: number, onTimeout: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const nowMs = performance.now();
    const wait: Wait = { untilMs: nowMs + timeoutMs, end: () => reject(onTimeout()) };
    waits.add(wait);
    // An overdue timer may never fire: it was set on a clock that was replaced, as by a test's fake timers.
    if (wait.untilMs < timerMs || timerMs < nowMs) wakeAt(Math.min(wait.untilMs, Math.max(timerMs, nowMs)));
    promise.then(
      (value) => {
        waits.delete(wait);
        resolve(value);
      },
      (error: unknown) => {
        waits.delete(wait);
        reject(error);
      },
    );
  });
}

function wakeAt(ms: number): void {
  clearTimeout(timer);
  timerMs = ms;
  const leftMs = Math.max(1, Math.ceil(ms - performance.now())); // Node warns of what is past
  timer = setTimeout(endLate, Math.min(leftMs, LONGEST_TIMEOUT_MS));
  timer.unref();
}

function endLate(): void {
  const nowMs = performance.now();
  timerMs = Number.POSITIVE_INFINITY;
  let nextMs = Number.POSITIVE_INFINITY;
  for (const wait of waits) {
    if (wait.untilMs > nowMs) {
      nextMs = Math.min(nextMs, wait.untilMs);
    } else {
      waits.delete(wait);
      wait.end();
    }
  }
  if (nextMs < timerMs) wakeAt(nextMs);
}
