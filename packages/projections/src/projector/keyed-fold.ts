import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import type { Projection } from "../projection.ts";
import { checkedProjectionName } from "../projection-names.ts";
import type { CheckedDefinition } from "./checked-definition.ts";
import { foldedOf } from "./continuation.ts";
import {
  type Folded,
  invalid,
  isHandled,
  nothingFolded,
  type Outcome,
  outcomeOf,
  placeOf,
  projectionOf,
  removed,
  result,
} from "./fold.ts";
import { isUnread, type ReadUpTo, readWith, refuseFalling } from "./read-order.ts";

/**
 * The ids of the projections that an event belongs to, each once.
 *
 * @throws `InvalidNameError` for a key that cannot be an id. @throws `UnhandledEventError` where there must be a handler.
 */
export function keysOf(definition: CheckedDefinition, event: StoredEvent): readonly string[] {
  if (!isHandled(definition, event)) return [];
  const given = definition.key?.(event);
  if (given === undefined) return [];
  if (typeof given === "string") return [checkedProjectionName("projection id", given)];
  const keys: readonly unknown[] = Array.isArray(given) ? given : [given];
  return [...new Set(keys.map((key) => checkedProjectionName("projection id", key)))];
}

/** What a {@link KeyedFold} goes on from. */
export interface KeyedFoldOptions {
  readonly source: SourceIdentifier;
  readonly projections: readonly Projection[];
  /** The number of the last event that was read; later ones come. Default: 0. */
  readonly after?: number | undefined;
}

/** Folds the events of a source, one after another, each into the projections of its keys. */
export class KeyedFold {
  readonly #definition: CheckedDefinition;
  readonly #source: SourceIdentifier;
  readonly #byKey: Map<string, Folded>;
  readonly #changed = new Set<string>();
  #last: ReadUpTo;

  constructor(definition: CheckedDefinition, { source, projections, after = 0 }: KeyedFoldOptions) {
    this.#definition = definition;
    this.#source = source;
    this.#byKey = new Map(projections.map((each) => [each.id, foldedOf(definition, each, source)]));
    this.#last = { lastSequenceNumber: after };
  }

  /** Folds one event in; a projection that has read it is left as it is. @throws `RangeError` when it does not come after the last. */
  add(event: StoredEvent): void {
    refuseFalling(this.#definition.name, this.#last, event);
    this.#last = readWith(event);
    const keys = keysOf(this.#definition, event);
    const outcomes = this.#outcomesOf(event, keys);
    if (outcomes.length < keys.length) this.#refuseLostMerge(event, outcomes);
    for (const { key, outcome } of outcomes) if (outcome.kind === "kept") this.#put(key, event, outcome.kept);
    for (const { key, outcome } of outcomes)
      if (outcome.kind === "moved") this.#merge(key, event, { ...outcome, keys, outcomes });
    for (const { key, outcome } of outcomes) if (outcome.kind !== "kept") this.#remove(key, event);
  }

  /** What an event makes of those that have not read it: all of them see the projections as they are before it. */
  #outcomesOf(event: StoredEvent, keys: readonly string[]): readonly KeyOutcome[] {
    const outcomes: KeyOutcome[] = [];
    for (const key of keys) {
      const folded = this.#at(key);
      if (isUnread(folded, event)) outcomes.push({ key, outcome: outcomeOf(this.#definition, folded, { event, key }) });
    }
    return outcomes;
  }

  /** All projections, in the order in which their keys first came. */
  all(): readonly Projection[] {
    return [...this.#byKey.keys()].map((key) => this.#projection(key));
  }

  /** Those that an event has changed, in the order of their first changes. */
  changed(): readonly Projection[] {
    return [...this.#changed].map((key) => this.#projection(key));
  }

  #at(key: string): Folded {
    return this.#byKey.get(key) ?? nothingFolded(this.#definition);
  }

  #put(key: string, event: StoredEvent, next: Pick<Folded, "state" | "metadata" | "removedId">): void {
    this.#byKey.set(key, { ...next, ...placeOf(event, { source: this.#source }) });
    this.#changed.add(key);
  }

  #remove(key: string, event: StoredEvent): void {
    this.#put(key, event, removed(this.#definition, this.#at(key), { source: this.#source, key }));
  }

  /** Merges the projection of a key into that of another, unless there is none, or the other has read the event already. */
  #merge(key: string, event: StoredEvent, { to, keys, outcomes }: MergeStep): void {
    const { merge, metadata, name } = this.#definition;
    if (merge === undefined)
      throw invalid(this.#definition, event, "it returned moveTo(…), for which a projector needs merge");
    const target = keys.find((each) => each === to && each !== key);
    if (target === undefined) {
      const reason = `it moves ${JSON.stringify(key)} to ${JSON.stringify(to)}, which is not another key of the event`;
      throw invalid(this.#definition, event, reason);
    }
    const kind = outcomes.find((each) => each.key === target)?.outcome.kind;
    if (kind === "removed" || kind === "moved") {
      const reason = `it moves ${JSON.stringify(key)} to ${JSON.stringify(target)}, which the same event removes`;
      throw invalid(this.#definition, event, reason);
    }
    const from = this.#byKey.get(key);
    if (kind === undefined || from === undefined || from.removedId !== undefined) return;
    const into = this.#at(target);
    this.#put(target, event, {
      state: result(name, () => "merge", merge(into.state, from.state)),
      metadata: metadata?.merge
        ? result(name, () => "metadata.merge", metadata.merge(into.metadata, from.metadata))
        : null,
      removedId: undefined,
    });
  }

  /**
   * If one projection has read the event and another has not, the first may have been merged into the second when it was
   * folded, and is gone.
   */
  #refuseLostMerge(event: StoredEvent, outcomes: readonly KeyOutcome[]): void {
    if (this.#definition.merge === undefined) return;
    for (const { key, outcome } of outcomes) {
      if (outcome.kind !== "kept") continue;
      const reason = `${JSON.stringify(key)} has not read the event (sequence number ${event.sequenceNumber}) and another projection of it has, which may have been merged into it; clear the version and build it again`;
      throw invalid(this.#definition, event, reason);
    }
  }

  #projection(key: string): Projection {
    return projectionOf(this.#definition, { source: this.#source, key }, this.#at(key));
  }
}

/** What an event makes of the projection of a key. */
interface KeyOutcome {
  readonly key: string;
  readonly outcome: Outcome;
}

interface MergeStep {
  readonly to: unknown;
  readonly keys: readonly string[];
  readonly outcomes: readonly KeyOutcome[];
}
