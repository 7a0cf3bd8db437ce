import { isEventfoldError } from "@eventfold/types";
import { collected } from "../event-storage/observe/collected.ts";
import { assertHistory } from "../history/check-history.ts";
import { recordHistory } from "../history/record-history.ts";
import type { RecordedStore } from "../history/recorded-store.ts";
import type { ModelStage } from "./model-stage.ts";
import type { Command, ConcurrentProgram, ReadCommand } from "./program.ts";
import { type MadePublish, madeThrough, sourceOf } from "./program-world.ts";

/**
 * Runs the callers of a program at once, records what they were told, and checks that some order of their publishes
 * explains all of it.
 */
export async function runConcurrentProgram(program: ConcurrentProgram, stage: ModelStage): Promise<void> {
  const recordings = stage.stores.map((store, index) => recordHistory(store, { process: `adapter-${index}` }));
  const stores = recordings.map(({ store }) => store);
  await stores[0]?.log().read();
  await Promise.all(program.map((commands) => runCaller(commands, { stage, stores })));
  await stores[0]?.log().read();
  const history = recordings.flatMap((recording) => recording.history());
  assertHistory(history, { orderingGuarantee: stage.adapter.orderingGuarantee });
}

interface Caller {
  readonly stage: ModelStage;
  readonly stores: readonly RecordedStore[];
}

async function runCaller(commands: ConcurrentProgram[number], { stage, stores }: Caller): Promise<void> {
  for (const { turns, command } of commands) {
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
    await step(command, stores[command.adapter % stores.length] as RecordedStore, stage);
  }
}

async function step(command: Command, store: RecordedStore, { world }: ModelStage): Promise<unknown> {
  switch (command.kind) {
    case "publish":
      return publish(store, await world.publish(command, (stream) => store.stream(stream).latest()));
    case "publish-again": {
      const earlier = world.made[command.publish % Math.max(1, world.made.length)];
      return earlier === undefined ? undefined : publish(store, earlier);
    }
    case "read":
    case "scan":
      return read(store, command, world);
    case "boundary": {
      const { changed } = await store.boundary(world.query(command.items));
      return world.boundaries.push(changed);
    }
    case "latest":
      return sourceOf(store, world.source(command.source)).latest();
    case "event-by-id":
      return store.eventById(world.id(command.id));
    case "categories":
    case "streams":
    case "reopen":
      return undefined; // not part of programs for several callers
  }
}

const REFUSALS = ["DUPLICATE_EVENT_ID", "UNMET_WRITE_CONDITION", "EVENTS_MATCHED"] as const;

async function publish(store: RecordedStore, made: MadePublish): Promise<void> {
  try {
    await madeThrough(store, made);
  } catch (error) {
    if (!REFUSALS.some((code) => isEventfoldError(error, code))) throw error;
  }
}

async function read(store: RecordedStore, command: ReadCommand, world: ModelStage["world"]): Promise<unknown> {
  const { direction, limit, source: plan } = command;
  const constraints = world.constraints(command.constraints, { source: plan, known: [] });
  const options = { constraints, direction, limit };
  const source = sourceOf(store, world.source(plan));
  return command.kind === "read" ? source.read(options) : collected(source.scan(options));
}
