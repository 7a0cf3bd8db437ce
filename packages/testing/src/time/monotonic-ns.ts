/** The time of the clock that all processes of a machine share, and that cannot be set back. */
export function monotonicNs(): number {
  return Number(process.hrtime.bigint());
}
