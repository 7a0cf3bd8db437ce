/**
 * How long the library's work may keep the event loop to itself before it lets others have a turn. SQLite works in the
 * thread that calls it, and a chain of promises that are fulfilled at once never gets to timers and sockets.
 */
const LONGEST_TURN_MS = 8;

/** When work began in this turn of the event loop, of which a thread has only one. */
let beganAtMs: number | undefined;

/** Whether work has kept the event loop for long enough; {@link nextTurn} then lets others have it. */
export function isTurnOver(): boolean {
  const nowMs = performance.now();
  if (beganAtMs !== undefined) return nowMs - beganAtMs >= LONGEST_TURN_MS;
  beganAtMs = nowMs;
  setImmediate(() => {
    beganAtMs = undefined;
  });
  return false;
}

/** Lets timers, sockets and everybody else who waits for the event loop have a turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
