import { EventfoldError } from "./eventfold-error.ts";

/** One write condition that did not hold. */
export interface UnmetWriteCondition {
  /** The category of the stream whose condition did not hold. */
  readonly category: string;
  /** The stream whose condition did not hold. */
  readonly stream: string;
  /** The condition, as it was given. */
  readonly condition: unknown;
  /** The stream's latest position when it was judged; `undefined` for an empty stream. */
  readonly latestPosition: number | undefined;
}

/**
 * A write condition did not hold, so nothing was stored; the message says what to do. A caller that lost a race reads the stream
 * again, decides again and publishes again: `retryOnUnmetCondition` does that. `isRetryable` is false, since the identical call would be refused again.
 */
export class UnmetWriteConditionError extends EventfoldError implements UnmetWriteCondition {
  declare readonly code: "UNMET_WRITE_CONDITION";
  readonly category: string;
  readonly stream: string;
  readonly condition: unknown;
  readonly latestPosition: number | undefined;
  /** All conditions that did not hold, in the order of the entries; the fields of the error are those of the first. */
  readonly unmet: readonly UnmetWriteCondition[];

  constructor(unmet: readonly [UnmetWriteCondition, ...UnmetWriteCondition[]]) {
    const [first] = unmet;
    super(messageFor(first, unmet.length - 1), { code: "UNMET_WRITE_CONDITION" });
    this.category = first.category;
    this.stream = first.stream;
    this.condition = first.condition;
    this.latestPosition = first.latestPosition;
    this.unmet = unmet;
  }
}

function messageFor(first: UnmetWriteCondition, others: number): string {
  const found =
    first.latestPosition === undefined ? "the stream is empty" : `its latest position is ${first.latestPosition}`;
  const more = others === 0 ? "" : ` (and of ${others} more)`;
  return `The write condition of stream ${JSON.stringify(first.stream)} in category ${JSON.stringify(first.category)}${more} is unmet: expected ${described(first.condition)}, but ${found}. Nothing was stored. ${adviceFor(first)}`;
}

/** What to do depends on what was expected: a caller that lost a race decides again, one that mistook the stream does not. */
function adviceFor({ condition, latestPosition = -1 }: UnmetWriteCondition): string {
  const { kind, position }: { readonly kind?: unknown; readonly position?: unknown } = Object(condition);
  if (kind === "stream-is-empty")
    return "Others have published to it first: read what is there, or accept it by ignoreUnmetCondition.";
  if (kind === "stream-exists") return "Check the names, or publish its first events before.";
  if (kind === "position-is" && typeof position === "number" && position > latestPosition)
    return "It was never that long: the position is of another stream, or of another log.";
  return "Read the stream again and decide again, as retryOnUnmetCondition does.";
}

function described(condition: unknown): string {
  const text = JSON.stringify(condition) ?? "another state";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
