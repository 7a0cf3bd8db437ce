import type { EventStore, StoredEvent } from "@eventfold/store";
import { isEventfoldError } from "@eventfold/types";
import { collected } from "../event-storage/observe/collected.ts";
import { assertSame } from "../event-storage/observe/same.ts";
import type { ModelVerdict } from "./event-model.ts";
import type { ModelStage } from "./model-stage.ts";
import type { Command, Program, QueryItemPlan, ReadCommand, SourcePlan } from "./program.ts";
import { type MadePublish, madeThrough, sourceOf } from "./program-world.ts";
import { StepError } from "./step-error.ts";

/** Runs a program on the storage and on the model, and compares every answer. */
export async function runProgram(program: Program, stage: ModelStage): Promise<void> {
  for (const [index, command] of program.entries()) {
    try {
      await step(command, stage);
    } catch (cause) {
      throw new StepError(index + 1, cause);
    }
  }
}

async function step(command: Command, stage: ModelStage): Promise<void> {
  const { world, model, stores } = stage;
  const store = stores[command.adapter % stores.length] as EventStore;
  switch (command.kind) {
    case "publish": {
      const latestOf = (stream: { category: string; stream: string }) => model.of({ kind: "stream", ...stream }).at(-1);
      return publish(store, stage, await world.publish(command, latestOf));
    }
    case "publish-again": {
      const earlier = world.made[command.publish % Math.max(1, world.made.length)];
      return earlier === undefined ? undefined : publish(store, stage, earlier);
    }
    case "read":
    case "scan":
      return read(store, stage, command);
    case "boundary":
      return boundary(store, stage, command.items);
    case "latest":
      return latest(store, stage, command.source);
    case "event-by-id": {
      const id = world.id(command.id);
      return assertSame(await store.eventById(id), model.byId(id), "the event by id");
    }
    case "categories":
    case "streams":
      return list(store, stage, command);
    case "reopen":
      return stage.reopen(command.adapter);
  }
}

async function publish(store: EventStore, { model }: ModelStage, made: MadePublish): Promise<void> {
  const expected = model.judge(made.entries, made.failIf);
  const actual = await outcomeOf(store, made);
  if (expected.kind !== "stored" || actual.kind !== "stored") {
    assertSame(actual, expected, "the outcome of the publish");
    return;
  }
  const numbers = actual.events.flat().map(({ sequenceNumber }) => sequenceNumber);
  let next = 0;
  const events = expected.events.map((entry) =>
    entry.map((event): StoredEvent => ({ ...event, sequenceNumber: numbers[next++] ?? 0 })),
  );
  assertSame(actual.events, events, "the stored events");
  const newest = model.of({ kind: "log" }).at(-1)?.sequenceNumber ?? 0;
  const isRising = numbers.every((number, index) => number > (numbers[index - 1] ?? newest));
  assertSame({ isRising, newest, numbers }, { isRising: true, newest, numbers }, "sequence numbers rise");
  model.append(events.flat());
}

type Outcome = Exclude<ModelVerdict, { readonly kind: "stored" }> | StoredOutcome;

interface StoredOutcome {
  readonly kind: "stored";
  readonly events: readonly (readonly StoredEvent[])[];
}

async function outcomeOf(store: EventStore, made: MadePublish): Promise<Outcome> {
  try {
    const { events, isRepeat } = await madeThrough(store, made);
    return { kind: isRepeat ? "repeat" : "stored", events: [...events.map((entry) => [...entry])] };
  } catch (error) {
    if (isEventfoldError(error, "DUPLICATE_EVENT_ID")) return { kind: "duplicate", ids: [...error.ids] };
    if (isEventfoldError(error, "EVENTS_MATCHED")) return { kind: "matched", sequenceNumber: error.sequenceNumber };
    if (!isEventfoldError(error, "UNMET_WRITE_CONDITION")) throw error;
    const unmet = error.unmet.map(({ category, stream, latestPosition }) => ({ category, stream, latestPosition }));
    return { kind: "unmet", unmet };
  }
}

async function read(store: EventStore, { world, model }: ModelStage, command: ReadCommand): Promise<void> {
  const { direction, limit, source: plan } = command;
  const source = world.source(plan);
  const known = model.of({ kind: "log" });
  const constraints = world.constraints(command.constraints, { source: plan, known });
  const options = { constraints, direction, limit };
  const of = sourceOf(store, source);
  const actual = command.kind === "read" ? await of.read(options) : await collected(of.scan(options));
  assertSame(actual, model.read(source, options), `what was read of ${JSON.stringify(source)}`);
}

async function boundary(
  store: EventStore,
  { world, model }: ModelStage,
  items: readonly QueryItemPlan[],
): Promise<void> {
  const query = world.query(items);
  const { events, changed } = await store.boundary(query);
  const expected = model.read(LOG, { constraints: [query], direction: "forwards", limit: undefined });
  assertSame(events, expected, `the boundary of ${JSON.stringify(query.items)}`);
  const { after } = changed;
  const newest = events.at(-1)?.sequenceNumber ?? 0;
  assertSame({ isWhole: after >= newest, after, newest }, { isWhole: true, after, newest }, "the number of a boundary");
  world.boundaries.push(changed);
}

const LOG = { kind: "log" } as const;

async function latest(store: EventStore, { world, model }: ModelStage, plan: SourcePlan): Promise<void> {
  const source = world.source(plan);
  assertSame(
    await sourceOf(store, source).latest(),
    model.of(source).at(-1),
    `the latest event of ${JSON.stringify(source)}`,
  );
}

async function list(
  store: EventStore,
  { world, model }: ModelStage,
  command: Extract<Command, { readonly kind: "categories" | "streams" }>,
): Promise<void> {
  const { limit } = command;
  if (command.kind === "categories") {
    const names = new Set(model.of({ kind: "log" }).map(({ category }) => category));
    const expected = [...names].sort().map((category) => ({ kind: "category", category }));
    assertSame(await collected(store.categories({ limit })), expected.slice(0, limit), "the categories");
    return;
  }
  const category = world.category(command.category);
  const after = command.after === undefined ? undefined : `s${command.after}`;
  const names = new Set(model.of({ kind: "category", category }).map(({ stream }) => stream));
  const expected = [...names].sort().filter((name) => after === undefined || name > after);
  const actual = await collected(store.category(category).streams({ after, limit }));
  const identifiers = expected.map((stream) => ({ kind: "stream", category, stream }));
  assertSame(actual, identifiers.slice(0, limit), "the streams");
}
