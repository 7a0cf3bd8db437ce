import type { EventQueryItem, FailIf } from "@eventfold/store/adapter";
import type { Publish } from "./publish.ts";
import { WrittenEvents } from "./written-events.ts";

/**
 * Has waiting publishes only judged that are going to be refused, as far as that can be told from a flush that was answered. So all of
 * them go out with the next flush, and rivals for one tag take two flushes together, not one each.
 *
 * - One whose condition is matched by what the flush has stored is refused for certain. If it was asked for while that was visible
 *   already, it may have been decided in the knowledge of it, and is left alone.
 * - One that has an item in common with a publish that was refused is most likely refused for the same event, which somebody else has
 *   stored. If not, it is stored in its next turn, and not suspected again.
 */
export function expectRefusals(waiting: readonly Publish[], flush: readonly Publish[]): void {
  const conditional = waiting.filter(({ failIf }) => failIf !== undefined);
  if (conditional.length === 0) return;
  const outcome = outcomeOf(flush);
  for (const publish of conditional) {
    const { items, after } = publish.failIf as FailIf;
    const isMatched = after < outcome.firstNumber && outcome.written.match(items);
    const isSuspect = !publish.wasOnlyJudged && items.some((item) => (outcome.refused.get(keyOf(item)) ?? 0) > after);
    if (isMatched || isSuspect) publish.isOnlyJudged = true;
  }
}

interface Outcome {
  readonly written: WrittenEvents;
  /** The lowest number of what was stored. */
  readonly firstNumber: number;
  /** The highest number that a publish with an item was refused for. */
  readonly refused: ReadonlyMap<string, number>;
}

function outcomeOf(flush: readonly Publish[]): Outcome {
  const written = new WrittenEvents();
  const refused = new Map<string, number>();
  let firstNumber = Number.POSITIVE_INFINITY;
  for (const publish of flush) {
    if (publish.firstNumber !== undefined) {
      written.add(publish);
      firstNumber = Math.min(firstNumber, publish.firstNumber);
    }
    const { matchedNumber, failIf } = publish;
    if (matchedNumber === undefined) continue;
    for (const item of failIf?.items ?? []) {
      refused.set(keyOf(item), Math.max(matchedNumber, refused.get(keyOf(item)) ?? 0));
    }
  }
  return { written, firstNumber, refused };
}

function keyOf({ tags, names }: EventQueryItem): string {
  return JSON.stringify([tags, names]);
}
