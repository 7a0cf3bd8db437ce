import { eventList, observedBefore } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { projectorFor } from "../src/index.ts";
import { type Account, type AccountEvents, accountProjector, STREAM, stored, streamOf, THREE } from "./account.ts";

type Handlers = Parameters<ReturnType<typeof projectorFor<Account, AccountEvents>>>[0]["handlers"];

const initialState = (): Account => ({ owner: "", balance: 0 });
const keep = (state: Account): Account => state;

function projectorWith(handlers: object, onUnhandledEvent: "fail" | "ignore" = "fail") {
  return projectorFor<Account, AccountEvents>()({
    ...{ name: "account", initialState, onUnhandledEvent },
    handlers: handlers as Handlers,
  });
}

describe("Projector.project", () => {
  it("folds the events of a source in order, and says what it has made from what", async () => {
    expect(await accountProjector.project(streamOf(THREE))).toEqual({
      ...{ id: "acc-1", name: "account", source: STREAM, projectorVersion: 2, lastSequenceNumber: 30 },
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

  it("reads nothing of what it continues", async () => {
    const scanned: StoredEvent[] = [];
    const source = streamOf(THREE);
    const watched = {
      ...source,
      async *scan(options: never) {
        for await (const event of source.scan(options)) {
          scanned.push(event as StoredEvent);
          yield event;
        }
      },
    };
    const from = await accountProjector.project(streamOf(THREE.slice(0, 2)));
    await accountProjector.project(watched, { from });
    expect(scanned.map(({ sequenceNumber }) => sequenceNumber)).toEqual([30]);
  });

  it.each([
    ["name", { name: "other" }],
    ["projectorVersion", { projectorVersion: 1 }],
    ["source", { source: { kind: "log" } as const }],
  ])("refuses to continue a projection with another %s", async (path, own) => {
    const from = { ...(await accountProjector.project(streamOf(THREE))), ...own };
    await expect(accountProjector.project(streamOf(THREE), { from })).rejects.toMatchObject({
      ...{ code: "INVALID_PROJECTION", path },
    });
  });

  it("ends with the reason of its signal", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(accountProjector.project(streamOf(THREE), { signal })).rejects.toThrow("enough");
  });

  it("refuses a source of another kind", async () => {
    const log: object = eventList(THREE);
    await expect(accountProjector.project(log as ReturnType<typeof streamOf>)).rejects.toThrow(TypeError);
  });
});

describe("Projector.apply", () => {
  it("folds each event once, however often it is delivered", async () => {
    const half = accountProjector.apply(accountProjector.initial(STREAM), THREE.slice(0, 2));
    const twice = accountProjector.apply(accountProjector.apply(half, THREE), THREE);
    expect(twice).toEqual(await accountProjector.project(streamOf(THREE)));
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
    ["undefined", () => undefined],
    ["a promise", async (state: Account) => state],
  ])("is refused when it returns %s", async (_, opened) => {
    await expect(projectorWith({ opened, deposited: keep }).project(streamOf(THREE))).rejects.toMatchObject({
      ...{ code: "INVALID_PROJECTION", projection: "account", path: 'handlers["opened"]' },
    });
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

  it("applies to a projection the events of its key", async () => {
    const [expected] = await perStream.projectMany(category(events));
    const source = { kind: "category", category: "accounts" } as const;
    expect(perStream.apply(perStream.initial(source, "b"), events)).toEqual(expected);
  });
});

describe("projectorFor", () => {
  const good = { name: "account", initialState, handlers: { opened: keep, deposited: keep } };
  const make = projectorFor<Account, AccountEvents>() as unknown as (definition: object) => unknown;

  const refused: readonly (readonly [string, object])[] = [
    ["a version of 0", { version: 0 }],
    ["a version of 1.5", { version: 1.5 }],
    ["another policy", { onUnhandledEvent: "skip" }],
    ["another source", { source: "table" }],
    ["handlers that are none", { handlers: { opened: 5 } }],
    ["no handlers", { handlers: null }],
    ["no initial state", { initialState: {} }],
    ["half of the metadata", { metadata: { initial: () => 1 } }],
    ["an id and a key", { source: "log", id: () => "a", key: () => "b" }],
    ["a key over a stream", { key: () => "b" }],
    ["neither over the log", { source: "log" }],
  ];
  it.each(refused)("refuses %s", (_, own) => {
    expect(() => make({ ...good, ...own })).toThrow(/projector/);
  });

  it("refuses a bad name", () => {
    expect(() => make({ ...good, name: "" })).toThrow(
      expect.objectContaining({ code: "INVALID_NAME", kind: "projection" }),
    );
  });
});
