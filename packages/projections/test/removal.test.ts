import { eventList } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { moveTo, projectorFor, remove } from "../src/index.ts";
import { type Account, type AccountEvents, STREAM, stored, streamOf, THREE } from "./account.ts";

type Events = AccountEvents & { readonly closed: null };

const handlers = {
  opened: (state: Account, { payload }: { readonly payload: { readonly owner: string } }) => ({
    ...state,
    owner: payload.owner,
  }),
  deposited: (state: Account, { payload }: { readonly payload: { readonly amount: number } }) => ({
    ...state,
    balance: state.balance + payload.amount,
  }),
};
const initialState = (): Account => ({ owner: "", balance: 0 });

const accounts = projectorFor<Account, Events>()({
  name: "account",
  initialState,
  handlers: { ...handlers, closed: () => remove },
});
const byOwner = projectorFor<Account, Events>()({
  name: "by-owner",
  initialState,
  handlers: { ...handlers, closed: () => remove },
  id: ({ owner }) => owner,
});

const keep = (state: unknown): unknown => state;

const CLOSED = stored([
  ["opened", { owner: "Ada" }],
  ["deposited", { amount: 5 }],
  ["closed", null],
]);
const REOPENED = [
  ...CLOSED,
  ...stored([...CLOSED.map(() => ["closed", null] as const), ["opened", { owner: "Ben" }]]).slice(3),
];

describe("a projector whose handler returns remove", () => {
  it("gives back the initial state, marked, with what was read", async () => {
    const projection = await accounts.project(streamOf(CLOSED) as never);
    expect(projection).toEqual({
      ...{ id: "acc-1", name: "account", source: STREAM, projectorVersion: 1 },
      ...{ state: initialState(), metadata: null, isRemoved: true, lastSequenceNumber: 30, lastPosition: 2 },
    });
  });

  it("begins anew with the next event, and passes over what was read", () => {
    const removed = accounts.apply(accounts.initial(STREAM), CLOSED as never);
    expect(accounts.apply(removed, CLOSED as never)).toEqual(removed);
    const anew = accounts.apply(removed, REOPENED as never);
    expect(anew).toMatchObject({ state: { owner: "Ben", balance: 0 }, lastSequenceNumber: 40, lastPosition: 3 });
    expect(anew).not.toHaveProperty("isRemoved");
  });

  it("keeps the id that the state gave", async () => {
    const opened = await byOwner.project(streamOf(CLOSED.slice(0, 1)) as never);
    const removed = byOwner.apply(opened, CLOSED as never);
    expect(removed).toMatchObject({ id: "Ada", isRemoved: true, state: { owner: "" } });
    expect(byOwner.apply(removed, REOPENED as never)).toMatchObject({ id: "Ben", state: { owner: "Ben" } });
  });
});

describe("moveTo", () => {
  it("is refused without a key", async () => {
    const projector = projectorFor<Account, AccountEvents>()({
      name: "account",
      initialState,
      handlers: { ...handlers, deposited: () => moveTo("other") as never },
    });
    await expect(projector.project(streamOf(THREE))).rejects.toMatchObject({
      ...{ name: "InvalidProjectionError", code: "INVALID_PROJECTION", projection: "account" },
      ...{
        path: 'handlers["deposited"]',
        reason: "it returned moveTo(…), for which a projector needs a key and merge",
      },
    });
  });

  it("is refused without a merge", async () => {
    const projector = projectorFor<Account, AccountEvents>()({
      name: "account",
      source: "category",
      key: () => ["a", "b"],
      initialState,
      handlers: { ...handlers, opened: () => moveTo("b") as never },
    });
    const source = eventList(THREE, { kind: "category", category: "accounts" });
    await expect(projector.projectMany(source)).rejects.toMatchObject({
      ...{ name: "InvalidProjectionError", code: "INVALID_PROJECTION", projection: "account" },
      ...{ path: 'handlers["opened"]', reason: "it returned moveTo(…), for which a projector needs merge" },
    });
  });
});

describe("a merge", () => {
  /** As a caller without a compiler does it. */
  const make = (definition: object): unknown => Reflect.apply(projectorFor(), undefined, [definition]);
  const good = { name: "account", source: "log", key: () => "a", initialState, handlers, merge: () => initialState() };

  it.each([
    ["that is not a function", { merge: 5 }, '"merge" of a projector must be a function, got number.'],
    ["without a key", { key: undefined, id: () => "a" }, "A projector with merge needs a key"],
    [
      "that would lose metadata",
      { metadata: { initial: keep, update: keep } },
      "A projector with merge needs metadata.merge too",
    ],
    [
      "of metadata that is not a function",
      { metadata: { initial: keep, update: keep, merge: "sum" } },
      '"merge" of a projector must be a function, got string.',
    ],
  ])("is refused %s", (_, own, message) => {
    expect(() => make({ ...good, ...own })).toThrow(
      expect.objectContaining({ name: "TypeError", message: expect.stringContaining(message) }),
    );
    expect(() => make(good)).not.toThrow();
  });
});
