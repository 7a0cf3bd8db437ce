import type { NewEvent } from "@eventfold/store";
import { jsonFormOf } from "@eventfold/store/adapter";
import { ABSENT, differencesBetween } from "./difference.ts";
import type { LocatedDifference } from "./difference-text.ts";
import { eventText } from "./given-event.ts";

/** What a test may expect of a decided event besides its name and payload. Members that it does not name are not compared. */
export type ExpectedEventDetails = Omit<NewEvent, "name" | "payload">;

/** An expected event: a literal with the name and payload of one of the events that a decider may decide. */
export type ExpectedEvent<TEvent> = TEvent extends { readonly name: infer TName; readonly payload: infer TPayload }
  ? ExpectedEventDetails & { readonly name: TName; readonly payload: TPayload }
  : never;

/** An expected event about which nothing is known. */
export type AnyExpectedEvent = ExpectedEvent<NewEvent>;

/**
 * The event with its payload and metadata as they would be stored.
 *
 * @throws `InvalidEventError` (`INVALID_EVENT`) for an event that could not be published.
 */
export function storableForm(event: AnyExpectedEvent): AnyExpectedEvent {
  const payload = jsonFormOf(event.payload, () => ["payload"]).value;
  if (event.metadata === undefined) return { ...event, payload };
  return { ...event, payload, metadata: jsonFormOf(event.metadata, () => ["metadata"]).value };
}

/** The places where decided events differ from the expected ones. Only the members that a test names are compared. */
export function eventDifferences(
  expected: readonly AnyExpectedEvent[],
  decided: readonly AnyExpectedEvent[],
): LocatedDifference[] {
  const indexes = Array.from({ length: Math.max(expected.length, decided.length) }, (_, index) => index);
  return indexes.flatMap((index) => differencesOfOne(index, expected[index], decided[index]));
}

function differencesOfOne(index: number, expected?: AnyExpectedEvent, decided?: AnyExpectedEvent): LocatedDifference[] {
  if (expected === undefined || decided === undefined || expected.name !== decided.name) {
    return [{ within: `event ${index}`, path: [], expected: expected ?? ABSENT, actual: decided ?? ABSENT }];
  }
  const within = eventText(index, expected);
  return differencesBetween(expected, namedMembers(decided, expected)).map((each) => ({ within, ...each }));
}

/** The members of an event that another one has too. */
export function namedMembers(event: AnyExpectedEvent, like: AnyExpectedEvent | undefined): Partial<AnyExpectedEvent> {
  if (like === undefined) return event;
  return Object.fromEntries(Object.entries(event).filter(([member]) => Object.hasOwn(like, member)));
}
