/**
 * How long the library's work may hold the event loop before it yields. SQLite works in the calling thread, and a chain
 * of promises that fulfil at once never lets timers and sockets run.
 */
const LONGEST_TURN_MS = 8;

/** When work began in this turn of the thread's event loop. */
let beganAtMs: number | undefined;

/** Whether work has held the event loop for long enough; then yield by {@link nextTurn}. */
export function isTurnOver(): boolean {
  const nowMs = performance.now();
  if (beganAtMs !== undefined) return nowMs - beganAtMs >= LONGEST_TURN_MS;
  beganAtMs = nowMs;
  setImmediate(() => {
    beganAtMs = undefined;
  });
  return false;
}

/** Lets timers, sockets and everything else that waits for the event loop have a turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
