import { EventStore, eventList, type InlinePublish } from "@eventfold/store";
import type { CategoryIdentifier, LogIdentifier, SourceIdentifier, StoredEvent } from "@eventfold/types";
import type { Projection } from "../projection.ts";
import type { UntypedOptions } from "../projector/project-source.ts";
import type { ProjectorSource } from "../projector/projector-definition.ts";
import type { ProjectionStore } from "../store/projection-store.ts";

/** A projector whose types the compiler has checked, without them: of one projection or, with `keyOf`, of many. */
export interface UntypedProjector {
  readonly name: string;
  readonly version: number;
  readonly source: ProjectorSource;
  initial(source: SourceIdentifier, key?: string): Projection;
  apply(projection: Projection, events: readonly StoredEvent[]): Projection;
  idOf(source: SourceIdentifier): string | undefined;
  project(source: object, options: UntypedOptions<Projection>): Promise<Projection>;
  readonly keyOf?: (event: StoredEvent) => string | undefined;
}

/** What is projected from where to where. */
export interface InlineTarget {
  readonly projector: UntypedProjector;
  readonly store: ProjectionStore;
  readonly source: CategoryIdentifier | LogIdentifier;
}

/** One projection before and after a publish. */
interface Step {
  readonly before: Projection | undefined;
  readonly after: Projection;
}

/** Brings the projections that a publish concerns up to date, and saves them in its transaction. */
export async function projectInline(target: InlineTarget, { events, transaction }: InlinePublish): Promise<void> {
  const { source } = target;
  const own = source.kind === "log" ? events : events.filter(({ category }) => category === source.category);
  if (own.length === 0) return;
  const scope: InlineScope = {
    ...target,
    store: target.store.within(transaction),
    eventStore: new EventStore({ adapter: transaction.storage }),
  };
  await saveSteps(scope, await stepsOf(scope, own));
}

interface InlineScope extends InlineTarget {
  readonly eventStore: EventStore;
}

async function stepsOf(scope: InlineScope, events: readonly StoredEvent[]): Promise<readonly Step[]> {
  const { projector, source, eventStore } = scope;
  if (projector.keyOf !== undefined) return keyedSteps(scope, projector.keyOf, events);
  switch (projector.source) {
    case "stream":
      return Promise.all([...Map.groupBy(events, streamKeyOf).values()].map((own) => streamStep(scope, own)));
    case "category":
    case "log":
      return [await sourceStep(scope, source.kind === "log" ? eventStore.log() : eventStore.category(source.category))];
  }
}

function streamKeyOf({ category, stream }: StoredEvent): string {
  return JSON.stringify([category, stream]);
}

/** A stream that begins here needs neither a projection from before nor a scan. */
async function streamStep(scope: InlineScope, events: readonly StoredEvent[]): Promise<Step> {
  const { category, stream, position } = events[0] as StoredEvent;
  const source = scope.eventStore.stream({ category, stream });
  if (position > 0) return sourceStep(scope, source);
  return { before: undefined, after: await scope.projector.project(eventList(events, source.identifier), {}) };
}

/** Continues from where the stored projection stands: that is up to this publish, unless it was behind. */
async function sourceStep(
  { projector, store }: InlineScope,
  source: { readonly identifier: SourceIdentifier },
): Promise<Step> {
  const { name, version: projectorVersion } = projector;
  const id = projector.idOf(source.identifier);
  const before =
    id === undefined
      ? await store.locate({ name, projectorVersion, source: source.identifier })
      : await store.load({ name, projectorVersion, id });
  return { before, after: await projector.project(source, { from: before }) };
}

function keyedSteps(
  { projector, store, source }: InlineScope,
  keyOf: (event: StoredEvent) => string | undefined,
  events: readonly StoredEvent[],
): Promise<readonly Step[]> {
  const { name, version: projectorVersion } = projector;
  const steps = [...Map.groupBy(events, keyOf)].map(async ([id, own]): Promise<Step | undefined> => {
    if (id === undefined) return undefined;
    const before = await store.load({ name, projectorVersion, id });
    return { before, after: projector.apply(before ?? projector.initial(source, id), own) };
  });
  return Promise.all(steps).then((all) => all.filter((step) => step !== undefined));
}

/** What was read in the transaction is what is replaced; two sources that come to one id are noticed. */
async function saveSteps({ store }: InlineScope, steps: readonly Step[]): Promise<void> {
  const seen = steps.map(({ before }) => before).filter((before) => before !== undefined);
  for (const { before, after } of steps) {
    if (before === undefined || before.id === after.id) continue;
    await store.delete({ name: before.name, id: before.id, projectorVersion: before.projectorVersion });
  }
  await store.saveMany(
    steps.map(({ after }) => after),
    { unchangedSince: seen },
  );
}
