import type { RequestOutcome } from "@eventfold/processing";
import { countText } from "../output/number-text.ts";
import type { Output } from "../output/output.ts";

/** Tells what became of a request: what was done at once, and what waits for the nodes that hold the partitions. */
export async function tellOutcomes(
  subscription: string,
  outcomes: readonly RequestOutcome[],
  output: Output,
): Promise<void> {
  const done = outcomes.filter(({ kind }) => kind === "done").length;
  const waiting = outcomes.length - done;
  await output.print({ subscription, outcomes }, () => [
    ...(done > 0 ? [`Done for ${countText(done, "partition")}.`] : []),
    ...(waiting > 0
      ? [
          `Asked for in ${countText(waiting, "partition")}: the nodes that hold them, or the next ones, do it between two events.`,
        ]
      : []),
  ]);
}
