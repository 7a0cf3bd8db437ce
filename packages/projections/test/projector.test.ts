import { eventList, observedBefore, occurredBefore } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { type EventHandlers, projectorFor } from "../src/index.ts";
import { type Account, type AccountEvents, accountProjector, STREAM, stored, streamOf, THREE } from "./account.ts";

type Handlers = EventHandlers<Account, AccountEvents>;

const initialState = (): Account => ({ owner: "", balance: 0 });
const keep = (state: Account): Account => state;
const keepList = (state: { list: string[] }): { list: string[] } => state;

function projectorWith(handlers: object, onUnhandledEvent: "fail" | "ignore" = "fail") {
  return projectorFor<Account, AccountEvents>()({
    ...{ name: "account", initialState, onUnhandledEvent },
    handlers: handlers as Handlers,
  });
}

describe("Projector.project", () => {
  it("folds the events of a source in order, and says what it has made from what", async () => {
    expect(await accountProjector.project(streamOf(THREE))).toEqual({
      ...{ id: "acc-1", name: "account", source: STREAM, projectorVersion: 2, lastSequenceNumber: 30, lastPosition: 2 },
      state: { owner: "Ada", balance: 12 },
      metadata: { events: 3, at: "2026-01-01T00:02:00.000Z" },
    });
  });

  it("gives the initial projection of an empty source", async () => {
    const projection = await accountProjector.project(streamOf([]));
    expect(projection).toEqual(accountProjector.initial(STREAM));
    expect(projection).toMatchObject({
      state: initialState(),
      metadata: { events: 0, at: null },
      lastSequenceNumber: 0,
    });
  });

  it("answers what was believed at a time", async () => {
    const constraints = [observedBefore(new Date("2026-01-01T00:02:00.000Z"))];
    expect(await accountProjector.project(streamOf(THREE), { constraints })).toMatchObject({
      ...{ state: { owner: "Ada", balance: 5 }, lastSequenceNumber: 20 },
    });
  });

  it("continues an earlier projection, and leaves that as it was", async () => {
    const from = await accountProjector.project(streamOf(THREE.slice(0, 2)));
    const before = structuredClone(from);
    expect(await accountProjector.project(streamOf(THREE), { from })).toEqual(
      await accountProjector.project(streamOf(THREE)),
    );
    expect(from).toEqual(before);
  });

  it("reads nothing of what it continues but the last event again, to know that it is there", async () => {
    const scanned: StoredEvent[] = [];
    const source = streamOf(THREE);
    const watched = {
      ...source,
      async *pages(options: never) {
        for await (const page of source.pages(options)) {
          scanned.push(...(page as readonly unknown[] as StoredEvent[]));
          yield page;
        }
      },
    };
    const from = await accountProjector.project(streamOf(THREE.slice(0, 2)));
    await accountProjector.project(watched, { from });
    expect(scanned.map(({ sequenceNumber }) => sequenceNumber)).toEqual([20, 30]);
  });

  it.each([
    ["no event any more", THREE.slice(0, 1)],
    [
      "others only",
      THREE.slice(0, 1).concat(stored([["deposited", { amount: 1 }]]).map((e) => ({ ...e, sequenceNumber: 25 }))),
    ],
    ["nothing at all", []],
  ])("refuses to continue a projection of whose events the source has %s", async (_, left) => {
    const from = await accountProjector.project(streamOf(THREE.slice(0, 2)));
    const ahead = { code: "PROJECTION_AHEAD_OF_LOG", projection: "account", id: "acc-1", lastSequenceNumber: 20 };
    await expect(accountProjector.project(streamOf(left), { from })).rejects.toMatchObject(ahead);
    const constraints = [observedBefore(new Date("2026-01-01T00:01:00.000Z"))];
    await expect(accountProjector.project(streamOf(left), { from, constraints })).rejects.toMatchObject(ahead);
    expect(await accountProjector.project(streamOf(THREE), { from, constraints })).toEqual(from);
  });

  it("refuses a source whose numbers do not rise", async () => {
    const falling = [THREE[0], THREE[2], THREE[1]] as typeof THREE;
    await expect(accountProjector.project(streamOf(falling))).rejects.toThrow(RangeError);
    await expect(accountProjector.project(streamOf([...THREE, ...THREE.slice(2)]))).rejects.toThrow(RangeError);
  });

  it.each([
    ["name", { name: "other" }, 'it is of the projector "other"'],
    [
      ...(["projectorVersion", { projectorVersion: 1 }] as const),
      "it is of version 1 and the projector is of version 2; project from the start",
    ],
    ["source", { source: { kind: "log" } as const }, "it is of another source"],
  ])("refuses to continue a projection with another %s", async (path, own, reason) => {
    const from = { ...(await accountProjector.project(streamOf(THREE))), ...own };
    await expect(accountProjector.project(streamOf(THREE), { from })).rejects.toMatchObject({
      ...{ code: "INVALID_PROJECTION", projection: "account", path, reason },
    });
  });

  it("ends with the reason of its signal", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(accountProjector.project(streamOf(THREE), { signal })).rejects.toThrow("enough");
  });

  it("refuses a source of another kind", async () => {
    const log: object = eventList(THREE);
    await expect(accountProjector.project(log as ReturnType<typeof streamOf>)).rejects.toThrow(
      new TypeError('The projector "account" reads a stream, got log.'),
    );
  });
});

describe("Projector.apply", () => {
  it("folds each event once, however often it is delivered", async () => {
    const half = accountProjector.apply(accountProjector.initial(STREAM), THREE.slice(0, 2));
    const twice = accountProjector.apply(accountProjector.apply(half, THREE), THREE);
    expect(twice).toEqual(await accountProjector.project(streamOf(THREE)));
  });

  it("refuses events whose numbers do not rise, instead of leaving some out", () => {
    const initial = accountProjector.initial(STREAM);
    const message =
      'The projector "account" folds events in order of sequence number, got 20 after 30. Sort the events by sequence number, each once.';
    expect(() => accountProjector.apply(initial, THREE.toReversed())).toThrow(new RangeError(message));
    const [first, second] = THREE as [(typeof THREE)[0], (typeof THREE)[0]];
    expect(() => accountProjector.apply(initial, [first, first])).toThrow(RangeError);
    const further = accountProjector.apply(initial, THREE);
    expect(() => accountProjector.apply(further, [second, first])).toThrow(RangeError);
  });
});

describe("an event without handler", () => {
  const events = stored([...THREE.map(({ name, payload }) => [name, payload] as const), ["closed", {}]]);

  it.each(["closed", "constructor", "__proto__", "toString"])(
    'rejects when it is %s and the projector says "fail"',
    async (name) => {
      await expect(accountProjector.project(streamOf(stored([[name, {}]])))).rejects.toMatchObject({
        ...{ code: "UNHANDLED_EVENT", eventName: name, sequenceNumber: 10, projector: "account", isRetryable: false },
      });
    },
  );

  it('is passed over when the projector says "ignore", and counts as read', async () => {
    const ignoring = projectorWith({ deposited: (state: Account) => ({ ...state, balance: 1 }) }, "ignore");
    expect(await ignoring.project(streamOf(events))).toMatchObject({
      ...{ state: { owner: "", balance: 1 }, lastSequenceNumber: 40 },
    });
  });
});

describe("a projector that fails", () => {
  it("lets its own error through", async () => {
    const failure = new Error("own failure");
    const failing = projectorWith({
      opened: () => {
        throw failure;
      },
      deposited: keep,
    });
    await expect(failing.project(streamOf(THREE))).rejects.toBe(failure);
  });

  it.each([
    ["undefined", () => undefined, "it returned undefined"],
    ["a promise", async (state: Account) => state, "it returned a promise; handlers are synchronous"],
    [
      "a promise that rejects",
      async () => Promise.reject(new Error("nobody waits for it")),
      "it returned a promise; handlers are synchronous",
    ],
  ])("is refused when it returns %s", async (_, opened, reason) => {
    await expect(projectorWith({ opened, deposited: keep }).project(streamOf(THREE))).rejects.toMatchObject({
      ...{ code: "INVALID_PROJECTION", projection: "account", path: 'handlers["opened"]', reason },
      message: `Invalid projection "account" at handlers["opened"]: ${reason}.`,
    });
  });

  it.each([
    ["state", { initialState: () => undefined }],
    ["metadata", { metadata: { initial: () => undefined, update: (): unknown => 1 } }],
    ["metadata.update", { metadata: { initial: () => 1, update: (): unknown => undefined } }],
  ])("is refused when its %s is undefined", async (path, own) => {
    const definition = { name: "account", initialState, handlers: { opened: keep, deposited: keep }, ...own };
    const projector = projectorFor<Account, AccountEvents>()(definition as never) as typeof accountProjector;
    await expect(projector.project(streamOf(THREE))).rejects.toMatchObject({ code: "INVALID_PROJECTION", path });
  });

  it("may return null, and objects of classes, which it may go on changing", async () => {
    const tags = new Set<string>();
    const projector = projectorFor<{ tags: Set<string>; none: null } | null, AccountEvents>()({
      name: "tags",
      initialState: () => null,
      handlers: {
        opened: () => ({ tags, none: null }),
        deposited: (state) => {
          state?.tags.add("deposited");
          return state;
        },
      },
    });
    const nothing = await projector.project(streamOf([]));
    expect(nothing.state).toBeNull();
    const projection = await projector.project(streamOf(THREE));
    expect(projection.state?.tags).toBe(tags);
    expect(Object.isFrozen(tags)).toBe(false);
    expect(Object.isFrozen(projection.state)).toBe(true);
  });

  it("throws when it changes what lies deeper, in lists and in objects without a prototype", () => {
    const bare = Object.assign(Object.create(null) as object, { list: [[1]] });
    const projector = projectorFor<{ bare: { list?: number[][] } }, AccountEvents>()({
      name: "deep",
      initialState: () => ({ bare }),
      handlers: { opened: (state) => state, deposited: (state) => state },
    });
    const { state } = projector.initial(STREAM);
    expect([state.bare, state.bare.list, state.bare.list?.[0]].every(Object.isFrozen)).toBe(true);
  });

  it("throws when it changes the state that it was given, and changes nothing by it", async () => {
    const mutating = projectorFor<{ list: string[] }, AccountEvents>()({
      name: "list",
      initialState: () => ({ list: [] }),
      handlers: {
        opened: (state) => ({ ...state }),
        deposited: (state) => {
          state.list.push("deposited");
          return state;
        },
      },
    });
    const before = mutating.apply(mutating.initial(STREAM), THREE.slice(0, 1));
    expect(() => mutating.apply(before, THREE)).toThrow(TypeError);
    expect(before.state).toEqual({ list: [] });
  });

  it.each([
    ["initial state", () => Object.freeze({ list: [] as string[] })],
    ["a state below one that was frozen earlier", () => Object.freeze({ list: Object.freeze([[]]) as never })],
  ])("throws when it changes what lies below an object that others froze: %s", (_, initialState) => {
    const mutating = projectorFor<{ list: string[] }, AccountEvents>()({
      name: "list",
      initialState,
      handlers: {
        opened: (state) => {
          (((state.list[0] as unknown as string[]) ?? state.list) as string[]).push("opened");
          return state;
        },
        deposited: keepList,
      },
    });
    const before = mutating.initial(STREAM);
    expect(() => mutating.apply(before, THREE)).toThrow(TypeError);
    expect(before.state.list.flat()).toEqual([]);
  });

  it("is looked through once, and then no more", () => {
    let looks = 0;
    const inner = Object.defineProperty({}, "looked", { enumerable: true, get: () => ++looks });
    const projector = projectorFor<{ inner: object; n: number }, AccountEvents>()({
      name: "looks",
      initialState: () => ({ inner, n: 0 }),
      handlers: { opened: (state) => ({ ...state }), deposited: (state) => ({ ...state, n: state.n + 1 }) },
    });
    projector.apply(projector.initial(STREAM), THREE);
    expect(looks).toBe(1);
  });

  it("is noticed when it changes a projection that was loaded and is continued", async () => {
    const mutating = projectorWith({
      opened: keep,
      deposited: (state: { balance: number }) => {
        state.balance += 1;
        return state;
      },
    });
    const loaded = structuredClone(await mutating.project(streamOf(THREE.slice(0, 1))));
    expect(() => mutating.apply(loaded, THREE)).toThrow(TypeError);
  });
});

describe("ids", () => {
  it("are the name of the stream, or made from the state", async () => {
    const byOwner = projectorFor<Account, AccountEvents>()({
      ...{ name: "account", initialState },
      handlers: { opened: (state, { payload }) => ({ ...state, owner: payload.owner }), deposited: keep },
      id: (state, source) => `${source.category}/${state.owner}`,
    });
    expect((await byOwner.project(streamOf(THREE))).id).toBe("accounts/Ada");
    expect([byOwner.idOf(STREAM), accountProjector.idOf(STREAM)]).toEqual([undefined, "acc-1"]);
  });

  it("are refused when they break the rules for names", async () => {
    const bad = projectorFor<Account, AccountEvents>()({
      ...{ name: "account", initialState, handlers: { opened: keep, deposited: keep } },
      id: () => "",
    });
    await expect(bad.project(streamOf(THREE))).rejects.toMatchObject({ code: "INVALID_NAME", kind: "projection id" });
  });
});

describe("a fold in order of occurrence", () => {
  interface Told {
    readonly told: { readonly text: string };
  }
  const STORY = { kind: "stream", category: "stories", stream: "s" } as const;
  const story = projectorFor<{ texts: readonly string[] }, Told>()({
    name: "story",
    initialState: () => ({ texts: [] }),
    handlers: { told: ({ texts }, { payload }) => ({ texts: [...texts, payload.text] }) },
  });
  /** The minute at which each occurred, and its text. */
  const told = (...facts: readonly (readonly [minute: number, text: string])[]): StoredEvent<Told>[] =>
    facts.map(([minute, text], position) => {
      const observedAt = new Date(Date.UTC(2026, 0, 1));
      const occurredAt = new Date(Date.UTC(2026, 0, 1, 0, minute));
      return {
        ...{
          id: `018f0000-0000-7000-8000-${String(position).padStart(12, "0")}`,
          name: "told" as const,
          payload: { text },
        },
        ...{ metadata: null, version: 1, observedAt, occurredAt, category: STORY.category, stream: STORY.stream },
        ...{ position, sequenceNumber: position + 1, tags: [] },
      };
    });
  const source = eventList(told([5, "c"], [1, "a"], [5, "d"], [3, "b"]), STORY);

  it("goes by the time at which events occurred, and in one moment by the log", async () => {
    const projection = await story.project(source, { order: "occurred" });
    expect(projection.state.texts.join("")).toBe("abcd");
    expect(projection).toMatchObject({ order: "occurred", lastSequenceNumber: 4, lastPosition: 3, id: "s" });
  });

  it("answers what was true at a time", async () => {
    const constraints = [occurredBefore(new Date("2026-01-01T00:05:00.000Z"))];
    expect((await story.project(source, { order: "occurred", constraints })).state.texts.join("")).toBe("ab");
    const empty = await story.project(eventList<Told>([], STORY), { order: "occurred" });
    expect(empty).toEqual({ ...story.initial(STORY), order: "occurred" });
  });

  const ORDER_FAULT = { name: "InvalidProjectionError", code: "INVALID_PROJECTION", path: "order" };
  it("is neither continued nor made with snapshots, whatever it begins with", async () => {
    const from = await story.project(source);
    const made = await story.project(source, { order: "occurred" });
    const snapshots = { store: {} } as never;
    const fault = { ...ORDER_FAULT, projection: "story" };
    await expect(story.project(source, { order: "occurred", from } as never)).rejects.toMatchObject({
      ...fault,
      reason: "a fold in order of occurrence starts with the first event: leave out from",
    });
    await expect(story.project(source, { order: "occurred", snapshots } as never)).rejects.toMatchObject(fault);
    await expect(story.project(source, { from: made })).rejects.toMatchObject(fault);
    expect(() => story.apply(made, [])).toThrow(expect.objectContaining(fault));
  });

  it("is refused for a source that is not a stream, and for another order", async () => {
    const perText = projectorFor<{ texts: readonly string[] }, Told>()({
      name: "per-text",
      source: "log",
      key: ({ payload }) => payload.text,
      initialState: () => ({ texts: [] }),
      handlers: { told: (state) => state },
    });
    const log = eventList(told([1, "a"]));
    const fault = { ...ORDER_FAULT, projection: "per-text" };
    await expect(perText.projectMany(log, { order: "occurred" } as never)).rejects.toMatchObject(fault);
    await expect(story.project(source, { order: "observed" } as never)).rejects.toThrow(
      new TypeError('"order" must be "occurred" or left out, got observed.'),
    );
  });

  it("is refused when the numbers of the source do not rise", async () => {
    const falling = {
      identifier: STORY,
      scan: async function* () {
        yield* told([1, "a"], [2, "b"]).toReversed();
      },
    };
    await expect(story.project(falling, { order: "occurred" })).rejects.toThrow(RangeError);
  });
});

describe("a keyed projector", () => {
  const perStream = projectorFor<Account, AccountEvents>()({
    name: "per-stream",
    source: "category",
    initialState,
    key: (event) => (event.stream === "none" ? undefined : event.stream),
    handlers: {
      opened: (state, { payload }) => ({ ...state, owner: payload.owner }),
      deposited: (state, { payload }) => ({ ...state, balance: state.balance + payload.amount }),
    },
  });
  const events = stored([
    ["opened", { owner: "Ada" }, "b"],
    ["opened", { owner: "Ben" }, "a"],
    ["deposited", { amount: 1 }, "none"],
    ["deposited", { amount: 2 }, "b"],
    ["deposited", { amount: 3 }, "a"],
    ["deposited", { amount: 4 }, "__proto__"],
  ]);
  const category = (of: readonly StoredEvent<AccountEvents>[]) =>
    eventList(of, { kind: "category", category: "accounts" });

  it("feeds many projections from one source, in the order in which their keys first came", async () => {
    const projections = await perStream.projectMany(category(events));
    expect(projections.map(({ id, state, lastSequenceNumber }) => [id, state.balance, lastSequenceNumber])).toEqual([
      ["b", 2, 40],
      ["a", 3, 50],
      ["__proto__", 4, 60],
    ]);
    expect(projections[0]?.source).toEqual({ kind: "category", category: "accounts" });
  });

  it("continues all of them from the latest event that any has read", async () => {
    for (let cut = 0; cut <= events.length; cut++) {
      const from = await perStream.projectMany(category(events.slice(0, cut)));
      expect(await perStream.projectMany(category(events), { from })).toEqual(
        await perStream.projectMany(category(events)),
      );
    }
  });

  it("applies events to the projections of their keys, and gives back those that change", async () => {
    const whole = await perStream.projectMany(category(events));
    const source = { kind: "category", category: "accounts" } as const;
    expect(perStream.applyMany(events, { source, projections: [] })).toEqual(whole);
    expect(perStream.applyMany(events, { source, projections: whole })).toEqual([]);
    const projections = await perStream.projectMany(category(events.slice(0, 4)));
    expect(perStream.applyMany(events.slice(3), { source, projections })).toEqual(whole.slice(1));
    expect(() => perStream.applyMany(events.toReversed(), { source, projections: [] })).toThrow(RangeError);
  });

  it("refuses a source whose numbers do not rise, even those of different keys", async () => {
    await expect(perStream.projectMany(category(events.toReversed()))).rejects.toThrow(RangeError);
  });

  it("refuses to continue what has read an event that the source does not have", async () => {
    const from = await perStream.projectMany(category(events));
    await expect(perStream.projectMany(category(events.slice(0, 5)), { from })).rejects.toMatchObject({
      ...{ code: "PROJECTION_AHEAD_OF_LOG", id: "__proto__", lastSequenceNumber: 60 },
    });
  });
});

describe("projectorFor", () => {
  const good = { name: "account", initialState, handlers: { opened: keep, deposited: keep } };
  const make = projectorFor<Account, AccountEvents>() as unknown as (definition: object) => unknown;

  const refused: readonly (readonly [string, object, string])[] = [
    ["a version of 0", { version: 0 }, "got 0"],
    ["a version of 1.5", { version: 1.5 }, "got 1.5"],
    [
      "another policy",
      { onUnhandledEvent: "skip" },
      '"onUnhandledEvent" of a projector must be one of fail, ignore, got skip.',
    ],
    ["another source", { source: "table" }, '"source" of a projector must be one of stream, category, log, got table.'],
    [
      "handlers that are not functions",
      { handlers: { opened: 5 } },
      '"opened" of a projector must be a function, got number.',
    ],
    ["no handlers", { handlers: null }, "The handlers of a projector must be an object."],
    ["a function of handlers", { handlers: keep }, "The handlers of a projector must be an object."],
    ["no initial state", { initialState: null }, '"initialState" of a projector must be a function, got null.'],
    ["metadata that is not an object", { metadata: 5 }, "The metadata of a projector must be { initial, update }."],
    ["null for metadata", { metadata: null }, "The metadata of a projector must be { initial, update }."],
    [
      "half of the metadata",
      { metadata: { initial: () => 1 } },
      '"update" of a projector must be a function, got undefined.',
    ],
    ["an id and a key", { source: "log", id: () => "a", key: () => "b" }, "an id or a key, not both"],
    ["a key over a stream", { key: () => "b" }, "A projector with a key reads a category or the log"],
    ["neither over the log", { source: "log" }, "A projector over a log needs an id or a key."],
  ];
  it.each(refused)("refuses %s", (_, own, message) => {
    expect(() => make({ ...good, ...own })).toThrow(message);
  });

  it("takes a handler that is undefined for none", async () => {
    const projector = projectorWith({ opened: keep, deposited: undefined });
    await expect(projector.project(streamOf(THREE))).rejects.toMatchObject({ code: "UNHANDLED_EVENT" });
  });

  it("says what is missing when it is called only once, from JavaScript too", () => {
    const definition = { name: "account", initialState, handlers: {} };
    expect(() => projectorFor(definition as never)).toThrow(
      new TypeError("projectorFor takes its definition in a second call: projectorFor<State, Events>()({ … })."),
    );
  });

  it("refuses a bad name", () => {
    expect(() => make({ ...good, name: "" })).toThrow(
      expect.objectContaining({ code: "INVALID_NAME", kind: "projection" }),
    );
  });
});
