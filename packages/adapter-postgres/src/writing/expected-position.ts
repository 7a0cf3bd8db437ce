import type { StreamWrite } from "@eventfold/store";

/** What stands for "no condition" among expected positions. */
export const ANY_POSITION = -2;

/** The latest position that a condition asks for, −1 for an empty stream; `undefined` where one number does not say it. */
export function expectedPositionOf(allowed: StreamWrite["allowed"]): number | undefined {
  if (allowed === undefined) return ANY_POSITION;
  return allowed.complement || allowed.positions.length !== 1 ? undefined : allowed.positions[0];
}
