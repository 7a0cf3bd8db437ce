import { type Attempt, attempted } from "./attempt.ts";
import type { AnyDeciderEvent } from "./decider.ts";
import { ABSENT, differencesBetween } from "./difference.ts";
import { type LocatedDifference, valueText } from "./difference-text.ts";
import { type ExpectedError, errorText, expectedErrorText, isExpectedError } from "./expected-error.ts";
import { type AnyGivenEvent, givenText, storedFrom } from "./given-event.ts";
import type { Process, SentCommand } from "./process.ts";
import { refuseAwait } from "./projector-specification.ts";
import { type SpecificationFailure, specificationError } from "./specification-failure.ts";

/** What was given, and what happens. */
export interface ReactionSituation {
  readonly given: readonly AnyGivenEvent[];
  readonly event: AnyGivenEvent;
}

/**
 * An example of what a process does about an event. Each `then…` checks it, synchronously; nothing is carried out. If the outcome
 * differs, they throw an `AssertionError`, whose message names the command and the place in it.
 */
export class ReactionExample<TEvent extends AnyDeciderEvent> {
  readonly #process: Process<TEvent>;
  readonly #situation: ReactionSituation;

  constructor(process: Process<TEvent>, situation: ReactionSituation) {
    this.#process = process;
    this.#situation = situation;
  }

  /**
   * Exactly these commands are sent, in this order: to these deciders, on these streams or boundaries.
   *
   * @throws `AssertionError` when other commands are sent, or the process fails.
   */
  // biome-ignore lint/suspicious/noThenProperty: given, when, then are the words; awaited by mistake it says so.
  then(expected: readonly SentCommand[]): void {
    refuseAwait(expected);
    const attempt = this.#attempt();
    if (attempt.kind === "error") throw this.#failed(attempt.error, expected.map(shown));
    const differences = commandDifferences(expected, attempt.value);
    if (differences.length === 0) return;
    const actual = attempt.value.map(shown);
    throw this.#failure({ complaint: "other commands are sent:", differences, expected: expected.map(shown), actual });
  }

  /** No command is sent. @throws `AssertionError` when one is, or the process fails. */
  thenNothing(): void {
    this.then([]);
  }

  /**
   * The process fails with this error: of this class, with this `code`, or one for which a predicate holds. Without an argument,
   * with any error.
   *
   * @throws `AssertionError` when it does not fail, or fails with a different error.
   */
  thenRejects(expected?: ExpectedError): void {
    const wanted = expected === undefined ? "an error" : expectedErrorText(expected);
    const attempt = this.#attempt();
    if (attempt.kind === "value") {
      const actual = attempt.value.map(shown);
      const complaint = `expected ${wanted}, but the process did not fail; sent: ${valueText(actual)}`;
      throw this.#failure({ complaint, expected: wanted, actual });
    }
    if (expected !== undefined && !isExpectedError(attempt.error, expected)) throw this.#failed(attempt.error, wanted);
  }

  #attempt(): Attempt<readonly SentCommand[]> {
    const { given, event } = this.#situation;
    const events = storedFrom([...given, event]);
    return attempted(() => this.#process.commandsAfter(events as unknown as readonly TEvent[]));
  }

  #failed(error: unknown, expected: unknown): Error {
    const complaint = `the process failed: ${errorText(error)}`;
    return this.#failure({ complaint, expected, actual: error, cause: error });
  }

  #failure(failure: Omit<SpecificationFailure, "circumstances">): Error {
    const { given, event } = this.#situation;
    return specificationError({
      ...failure,
      circumstances: `${givenText(given)}; when ${JSON.stringify(event.name)} ${valueText(event.payload)}:`,
    });
  }
}

/** The places where sent commands differ from the expected ones. */
function commandDifferences(
  expected: readonly SentCommand[],
  sent: readonly SentCommand[],
): readonly LocatedDifference[] {
  const indexes = Array.from({ length: Math.max(expected.length, sent.length) }, (_, index) => index);
  return indexes.flatMap((index) => differencesOfOne(`command ${index}`, expected[index], sent[index]));
}

function differencesOfOne(within: string, expected?: SentCommand, sent?: SentCommand): readonly LocatedDifference[] {
  if (expected === undefined || sent === undefined) {
    const [one, other] = [expected && shown(expected), sent && shown(sent)];
    return [{ within, path: [], expected: one ?? ABSENT, actual: other ?? ABSENT }];
  }
  const found = differencesBetween(shown(expected), shown(sent));
  if (found.length > 0 || expected.decider === sent.decider) return found.map((each) => ({ within, ...each }));
  const remark = "They are two deciders, although they look alike.";
  return [{ within, path: ["decider"], expected: shown(expected).decider, actual: shown(sent).decider, remark }];
}

/** A command as messages show it, with what its target is instead of the target itself. */
function shown({ decider, target, command }: SentCommand) {
  return { decider: decider.name ?? "a decider without a name", target: placeOf(target), command };
}

function placeOf(target: unknown): unknown {
  if (typeof target !== "object" || target === null) return target;
  if ("identifier" in target) return target.identifier;
  if ("query" in target && "stream" in target) return { query: target.query, stream: placeOf(target.stream) };
  return target;
}
