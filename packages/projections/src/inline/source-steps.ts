import { eventList } from "@eventfold/store";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import { ProjectionAheadOfLogError } from "../errors/projection-ahead-of-log-error.ts";
import type { Projection } from "../projection.ts";
import { isSameSource } from "../same-source.ts";
import { type InlineScope, projectedSource, type UntypedProjector } from "./inline-scope.ts";
import { refuseOtherSource, type Step } from "./save-steps.ts";

type Scope = InlineScope<UntypedProjector>;

/** How the projections that a publish concerns are found. */
export interface StepOptions {
  /** Assumes that a new stream has no projection, until a save shows that it has. */
  readonly isFirstTry: boolean;
}

/** Continues the projections of the sources that a publish concerns: each stream, or the one category or log. */
export async function sourceSteps(
  scope: Scope,
  events: readonly StoredEvent[],
  options: StepOptions,
): Promise<readonly Step[]> {
  if (scope.projector.source !== "stream") return [await continueFrom(scope, projectedSource(scope))];
  const steps: Step[] = [];
  // One after another: they share the connection of the transaction.
  for (const own of Map.groupBy(events, streamKeyOf).values()) steps.push(await streamStep(scope, own, options));
  return steps;
}

function streamKeyOf({ category, stream }: StoredEvent): string {
  return JSON.stringify([category, stream]);
}

/**
 * A stream that begins here needs no scan, and rarely has an earlier projection: only one saved while the stream was
 * empty.
 */
async function streamStep(scope: Scope, events: readonly StoredEvent[], { isFirstTry }: StepOptions): Promise<Step> {
  const { projector, eventStore } = scope;
  const { category, stream, position } = events[0] as StoredEvent;
  const source = eventStore.stream({ category, stream }, projector.reading);
  if (position > 0) return continueFrom(scope, source);
  const { identifier } = source;
  const after = await projector.project(eventList(events, identifier), {});
  if (isFirstTry && projector.idOf(identifier) !== undefined) return { before: undefined, after };
  const before = await loadStored(scope, identifier);
  const own = ofSource(before, identifier);
  if (own !== undefined && own.lastSequenceNumber > 0) throw aheadOfLog(own);
  return { before, after };
}

/** Continues from where the stored projection is: that is up to this publish, unless it was behind. */
async function continueFrom(scope: Scope, source: { readonly identifier: SourceIdentifier }): Promise<Step> {
  const before = await loadStored(scope, source.identifier);
  return { before, after: await scope.projector.project(source, { from: ofSource(before, source.identifier) }) };
}

/** What is replaced may be of another source, if it was removed; it is not continued then. */
function ofSource(stored: Projection | undefined, source: SourceIdentifier): Projection | undefined {
  return stored !== undefined && isSameSource(stored.source, source) ? stored : undefined;
}

async function loadStored({ projector, store }: Scope, source: SourceIdentifier): Promise<Projection | undefined> {
  const { name, version: projectorVersion } = projector;
  const id = projector.idOf(source);
  if (id === undefined) return store.locate({ name, projectorVersion, source, includeRemoved: true });
  const stored = await store.load({ name, projectorVersion, id, includeRemoved: true });
  refuseOtherSource(stored, { source });
  return stored;
}

function aheadOfLog({ name, ...rest }: Projection): ProjectionAheadOfLogError {
  return new ProjectionAheadOfLogError({ projection: name, ...rest });
}
