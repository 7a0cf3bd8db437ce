/** How many random cases a property is tried on: twenty times as many under `pnpm soak`. */
export function runs(everyday: number): number {
  return process.env.EVENTFOLD_SOAK ? everyday * 20 : everyday;
}
