import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { EventStore, type StoredEvent } from "@eventfold/store";
import { beforeEach, describe, expect, it } from "vitest";
import { defineDecider, eventTable, processCommand, processManager } from "../src/index.ts";

type GameEvents = { started: { bonus: number }; scored: { by: number }; ended: Record<never, never> };
type BoardEvents = { posted: { points: number } };

class ClosedError extends Error {
  readonly code = "CLOSED";
}

const board = defineDecider({
  name: "board",
  events: eventTable<BoardEvents>(),
  initialState: () => 0,
  evolve: { posted: (sum, { payload }) => sum + payload.points },
  decide: {
    post: ({ points }: { points: number }) => ({ name: "posted", payload: { points }, tags: ["board"] }),
    close: () => {
      throw new ClosedError("The board is closed.");
    },
  },
});

let store: EventStore;
beforeEach(async () => {
  store = new EventStore({ adapter: await MemoryEventStorageAdapter.open() });
});
const boardStream = () => store.stream<BoardEvents>({ category: "boards", stream: "b-1" });
const post = (points: number) =>
  processCommand({ decider: board, target: boardStream(), command: { type: "post", points } });
const context = { signal: new AbortController().signal };
const tags = ["game:1"];

/** Posts what a game has come to, whenever something is scored in it. */
const scores = () =>
  processManager({
    name: "scores",
    source: store.log<GameEvents>(),
    processTag: (event) => event.tags.find((tag) => tag.startsWith("game:")),
    initialState: () => ({ points: 0 }),
    evolve: {
      started: (_, { payload }) => ({ points: payload.bonus }),
      scored: ({ points }, { payload }) => ({ points: points + payload.by }),
    },
    on: {
      scored: ({ payload }, { points }) => (payload.by === 0 ? [] : [post(points)]),
      ended: (_, { points }) => [post(points), post(-points)],
    },
  });

/** Publishes to a game of its own stream. */
async function publish(...events: readonly { name: string; payload: object; tags?: readonly string[] }[]) {
  const stream = store.stream<GameEvents>({ category: "games", stream: "1" });
  return (await stream.publish({ events: events as never })) as readonly StoredEvent<GameEvents>[];
}
const started = { name: "started", payload: { bonus: 100 }, tags };
const scored = (by: number) => ({ name: "scored", payload: { by }, tags });
const pointsPosted = async () => (await boardStream().read()).map(({ payload }) => payload.points);

describe("a process manager", () => {
  it("is the definition of a subscription to the events that it reacts to", () => {
    const { name, source, constraints } = scores();
    expect({ name, source: source.identifier, constraints }).toStrictEqual({
      name: "scores",
      source: { kind: "log" },
      constraints: [{ kind: "name-in", names: ["scored", "ended"] }],
    });
  });

  it("reacts in the state up to the event, whatever has happened since", async () => {
    const [, first, second] = await publish(started, scored(1), scored(2));
    const process = scores();
    for (const event of [second, first, second, first]) if (event) await process.handleEvent(event, context);
    expect(await pointsPosted()).toStrictEqual([103, 101]);
  });

  it("knows only the events with the tag of its process", async () => {
    const events = await publish({ ...started, tags: ["game:2"] }, { ...started, tags: [] }, scored(1));
    await scores().handleEvent(events[2] as StoredEvent<GameEvents>, context);
    expect(await pointsPosted()).toStrictEqual([1]);
    expect(scores().commandsAfter(events)).toMatchObject([{ command: { points: 1 } }]);
  });

  it("passes over an event that belongs to no process, and one that it does not react to", async () => {
    const events = await publish(started, { ...scored(1), tags: [] });
    for (const event of events) await scores().handleEvent(event, context);
    expect(await pointsPosted()).toStrictEqual([]);
  });

  it("adds the tag, and what it was caused by, to what its commands decide", async () => {
    const begun = { id: "00000000-0000-4000-8000-000000000001" };
    const [event] = await publish({ ...scored(1), metadata: { correlationId: begun.id, actor: "ada" } } as never);
    await scores().handleEvent(event as StoredEvent<GameEvents>, context);
    const [posted] = await boardStream().read();
    expect(posted?.tags).toStrictEqual(["board", "game:1"]);
    expect(posted?.metadata).toStrictEqual({
      correlationId: begun.id,
      causationId: event?.id,
      actor: "scores",
    });
    const [, other] = await publish({ ...scored(1), metadata: ["no object"] } as never, { ...scored(1) });
    await scores().handleEvent(other as StoredEvent<GameEvents>, context);
    expect((await boardStream().latest())?.metadata).toStrictEqual({
      correlationId: other?.id,
      causationId: other?.id,
      actor: "scores",
    });
  });

  it("sends several commands to one stream, and each process manager its own", async () => {
    const [, ended] = await publish(scored(7), { name: "ended", payload: {}, tags });
    const others = processManager({
      name: "others",
      source: store.log<GameEvents>(),
      on: { ended: (_, state) => (state === undefined ? post(1) : []) },
    });
    for (let time = 0; time < 2; time++) {
      await scores().handleEvent(ended as StoredEvent<GameEvents>, context);
      await others.handleEvent(ended as StoredEvent<GameEvents>, context);
    }
    expect(await pointsPosted()).toStrictEqual([7, -7, 1]);
  });

  it("fails when a command is refused, and has carried out those before it", async () => {
    const closing = processManager({
      name: "closing",
      source: store.log<GameEvents>(),
      on: {
        ended: () => [
          post(1),
          processCommand({ decider: board, target: boardStream(), command: { type: "close" } }),
          post(2),
        ],
      },
    });
    const [ended] = await publish({ name: "ended", payload: {} });
    const handling = () => closing.handleEvent(ended as StoredEvent<GameEvents>, context);
    for (let time = 0; time < 2; time++) {
      await expect(handling()).rejects.toMatchObject({
        code: "PROCESS_COMMAND_FAILED",
        message: `The process manager "closing" could not carry out the command "close" of the decider "board", number 2 of those that the event ${ended?.id} leads to: Error: The board is closed.`,
        process: "closing",
        eventId: ended?.id,
        commandType: "close",
        decider: "board",
        index: 1,
        isRetryable: false,
        cause: { code: "CLOSED" },
      });
    }
    expect(await pointsPosted()).toStrictEqual([1]);
  });

  it("ends with the reason of its signal", async () => {
    const [event] = await publish(scored(1));
    const reason = new Error("enough");
    const aborted = { signal: AbortSignal.abort(reason) };
    await expect(scores().handleEvent(event as StoredEvent<GameEvents>, aborted)).rejects.toBe(reason);
    expect(await pointsPosted()).toStrictEqual([]);
  });

  it("rejects a tag that cannot be one", async () => {
    const [event] = await publish(scored(1));
    const process = processManager({
      name: "p",
      source: store.log<GameEvents>(),
      processTag: () => "",
      initialState: () => 0,
      evolve: { scored: (n) => n },
      on: { scored: () => [] },
    });
    await expect(process.handleEvent(event as StoredEvent<GameEvents>, context)).rejects.toMatchObject({
      code: "INVALID_NAME",
    });
  });
});

describe("what a process manager returns", () => {
  it.each([
    ["undefined", () => undefined, "command 0 must be made by processCommand, got undefined"],
    ["null", () => null, "got null"],
    ["a promise", async () => Promise.reject(new Error("nobody waits")), "it is a promise"],
    ["a literal", () => ({ decider: board, target: boardStream(), command: { type: "post" } }), "got object"],
    [
      "a list with something else in it",
      () => [post(1), "post"],
      "command 1 must be made by processCommand, got string",
    ],
  ])("is refused when it is %s", async (_, ended, reason) => {
    const [event] = await publish({ name: "ended", payload: {} });
    const process = processManager({ name: "p", source: store.log<GameEvents>(), on: { ended: ended as () => [] } });
    await expect(process.handleEvent(event as StoredEvent<GameEvents>, context)).rejects.toMatchObject({
      ...{ code: "INVALID_REACTION", process: "p", eventName: "ended", reason: expect.stringContaining(reason) },
    });
    expect(await pointsPosted()).toStrictEqual([]);
  });
});

describe("processManager", () => {
  it("refuses what is none", () => {
    const source = store.log<GameEvents>();
    const on = { ended: () => [] };
    const untyped = processManager as (definition: unknown) => unknown;
    for (const [definition, message] of [
      [undefined, "must be made from a definition"],
      [{ name: "p", on }, '"source" of a process manager must be'],
      [{ name: "p", source, on: {} }, '"on" of a process manager must have a function for an event'],
      [{ name: "p", source, on: { ended: 1 } }, '"on["ended"]" of a process manager must be a function, got number'],
      [
        { name: "p", source, on, initialState: () => 0 },
        '"evolve" of a process manager must be an object of functions',
      ],
      [{ name: "p", source, on, initialState: () => 0, evolve: {} }, '"processTag" of a process manager must be'],
    ] as const) {
      expect(() => untyped(definition)).toThrow(TypeError);
      expect(() => untyped(definition)).toThrow(message);
    }
    for (const name of ["", undefined, 5, "a\u0000"]) {
      expect(() => untyped({ name, source, on })).toThrow(
        expect.objectContaining({ code: "INVALID_NAME", kind: "process manager" }),
      );
    }
    expect(() => processCommand({} as never)).toThrow(TypeError);
    expect(() => scores().commandsAfter([])).toThrow(RangeError);
  });
});
