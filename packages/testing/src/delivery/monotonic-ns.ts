/** The clock that all processes of a machine share, and that nobody sets back. */
export function monotonicNs(): number {
  return Number(process.hrtime.bigint());
}
