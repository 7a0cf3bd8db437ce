/**
 * Begins a transaction that may hold order locks, in one round trip. A frozen process must not hold the log: the server
 * ends a transaction that is idle for longer than this.
 */
export function beginStatement(idleTimeoutMs: number): string {
  return `begin isolation level read committed; set local idle_in_transaction_session_timeout = ${Math.trunc(idleTimeoutMs)}`;
}
