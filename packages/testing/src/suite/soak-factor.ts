/** How many times as thorough the suites are: 10 when the environment variable `EVENTFOLD_SOAK` is set, else 1. */
export function soakFactor(): number {
  return process.env.EVENTFOLD_SOAK ? 10 : 1;
}
