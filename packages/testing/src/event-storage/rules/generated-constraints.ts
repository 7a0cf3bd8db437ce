import {
  type EventQueryItem,
  nameIn,
  observedAfter,
  observedBefore,
  occurredAfter,
  occurredBefore,
  positionAfter,
  positionBefore,
  type StoredEvent,
  type StreamConstraint,
  sequenceNumberAfter,
  sequenceNumberBefore,
} from "@eventfold/store";
import type { Random } from "../../random/random.ts";
import { EVENT_NAMES } from "./filled-log.ts";

/** What generated constraints depend on. */
export interface ConstraintGeneration {
  /** Bounds are taken from these events: their own numbers and times, or just next to them. */
  readonly log: readonly StoredEvent[];
  readonly allowsPositions: boolean;
}

/** None to three constraints, of all kinds. */
export function generatedConstraints(random: Random, generation: ConstraintGeneration): StreamConstraint[] {
  return Array.from({ length: random.integer(0, 3) }, () => generatedConstraint(random, generation));
}

function generatedConstraint(random: Random, { log, allowsPositions }: ConstraintGeneration): StreamConstraint {
  const event = random.pick(log);
  const near = (value: number): number => Math.max(0, value + random.integer(-1, 1));
  const makers: (() => StreamConstraint)[] = [
    () => sequenceNumberAfter(near(event.sequenceNumber)),
    () => sequenceNumberBefore(near(event.sequenceNumber)),
    () => occurredAfter(new Date(near(event.occurredAt.getTime()))),
    () => occurredBefore(new Date(near(event.occurredAt.getTime()))),
    () => observedAfter(new Date(near(event.observedAt.getTime()))),
    () => observedBefore(new Date(near(event.observedAt.getTime()))),
    () => nameIn(random.pick(EVENT_NAMES), ...random.shuffle(EVENT_NAMES).slice(0, random.integer(0, 2))),
  ];
  if (allowsPositions)
    makers.push(
      () => positionAfter(near(event.position)),
      () => positionBefore(near(event.position)),
    );
  return random.pick(makers)();
}

/** Whether a constraint admits an event, by rule 12. */
export function isAdmitted(constraint: StreamConstraint, event: StoredEvent): boolean {
  switch (constraint.kind) {
    case "sequence-number-after":
      return event.sequenceNumber > constraint.sequenceNumber;
    case "sequence-number-before":
      return event.sequenceNumber < constraint.sequenceNumber;
    case "position-after":
      return event.position > constraint.position;
    case "position-before":
      return event.position < constraint.position;
    case "occurred-after":
      return event.occurredAt.getTime() > constraint.timeMs;
    case "occurred-before":
      return event.occurredAt.getTime() < constraint.timeMs;
    case "observed-after":
      return event.observedAt.getTime() > constraint.timeMs;
    case "observed-before":
      return event.observedAt.getTime() < constraint.timeMs;
    case "name-in":
      return constraint.names.includes(event.name);
    case "events-match":
      return isMatch(constraint.items, event);
  }
}

/** Whether an event matches one of the items of a query, by rule 25. */
export function isMatch(items: readonly EventQueryItem[], { name, tags }: StoredEvent): boolean {
  return items.some(
    (item) => (item.names ?? [name]).includes(name) && (item.tags ?? []).every((tag) => tags.indexOf(tag) >= 0),
  );
}
