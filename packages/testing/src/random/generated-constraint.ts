import {
  nameIn,
  observedAfter,
  observedBefore,
  occurredAfter,
  occurredBefore,
  positionAfter,
  positionBefore,
  type SourceConstraint,
  type StreamConstraint,
  sequenceNumberAfter,
  sequenceNumberBefore,
  taggedWith,
} from "@eventfold/store";
import { generatedTime } from "./generated-event.ts";
import { generatedName } from "./generated-name.ts";
import type { Random } from "./random.ts";

/** Numbers are small, so that they lie within short logs. */
const LARGEST = 30;

/**
 * A constraint that every source takes, of any kind.
 *
 * @example
 * ```ts
 * const events = await store.log().read({ constraints: [generatedConstraint(random)] });
 * ```
 */
export function generatedConstraint(random: Random): SourceConstraint {
  const makers: readonly (() => SourceConstraint)[] = [
    () => sequenceNumberAfter(random.integer(0, LARGEST)),
    () => sequenceNumberBefore(random.integer(0, LARGEST)),
    () => occurredAfter(generatedTime(random)),
    () => occurredBefore(generatedTime(random)),
    () => observedAfter(generatedTime(random)),
    () => observedBefore(generatedTime(random)),
    () => nameIn(generatedName(random, "event"), generatedName(random, "event")),
    () => taggedWith(generatedName(random, "tag")),
  ];
  return random.pick(makers)();
}

/** A constraint that streams take: one that every source takes, or one by position. */
export function generatedStreamConstraint(random: Random): StreamConstraint {
  if (random.chance(0.75)) return generatedConstraint(random);
  const position = random.integer(0, LARGEST);
  return random.chance(0.5) ? positionAfter(position) : positionBefore(position);
}
