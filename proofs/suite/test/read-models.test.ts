import { AssertionError } from "node:assert";
import { MemoryProjectionStorageAdapter } from "@eventfold/adapter-memory";
import { ProjectionStore, projectorFor, remove } from "@eventfold/projections";
import { given, projected } from "@eventfold/testing";
import { beforeEach, describe, expect, it } from "vitest";

interface AccountEvents {
  readonly opened: { readonly owner: string };
  readonly deposited: { readonly amount: number };
}

const handlers = {
  initialState: () => ({ owner: "", balance: 0 }),
  handlers: {
    opened: (state: { owner: string; balance: number }, event: { readonly payload: { readonly owner: string } }) => ({
      ...state,
      owner: event.payload.owner,
    }),
    deposited: (
      state: { owner: string; balance: number },
      event: { readonly payload: { readonly amount: number } },
    ) => ({
      ...state,
      balance: state.balance + event.payload.amount,
    }),
  },
};
const account = projectorFor<{ owner: string; balance: number }, AccountEvents>()({ ...handlers, name: "account" });
const perStream = projectorFor<{ owner: string; balance: number }, AccountEvents>()({
  ...handlers,
  name: "per stream",
  source: "log",
  key: (event) => event.stream,
});

const ofAda = given<AccountEvents>([
  { name: "opened", payload: { owner: "Ada" }, category: "accounts", stream: "acc-1" },
  { name: "deposited", payload: { amount: 5 }, category: "accounts", stream: "acc-1" },
]);
const ofTwo = given<AccountEvents>([
  { name: "opened", payload: { owner: "Ada" }, stream: "a" },
  { name: "opened", payload: { owner: "Grace" }, stream: "b" },
]);

let store: ProjectionStore;

beforeEach(async () => {
  store = new ProjectionStore({ adapter: await MemoryProjectionStorageAdapter.open() });
});

async function messageOf(example: Promise<void>): Promise<string> {
  const error: unknown = await example.then(
    () => undefined,
    (rejected) => rejected,
  );
  expect(error).toBeInstanceOf(AssertionError);
  return (error as AssertionError).message;
}

describe("a stored read model", () => {
  it("has nothing of what an event has removed", async () => {
    const leaving = { ...handlers, handlers: { ...handlers.handlers, opened: () => remove } };
    const one = projectorFor<{ owner: string; balance: number }, AccountEvents>()({ ...leaving, name: "one" });
    const each = projectorFor<{ owner: string; balance: number }, AccountEvents>()({
      ...leaving,
      name: "each",
      source: "log",
      key: (event) => event.stream,
    });
    const opened = given<AccountEvents>([{ name: "opened", payload: { owner: "Ada" } }]);
    await opened.when(projected(one, store)).thenNothing();
    await opened.when(projected(each, store)).thenNothing();
  });

  it("is what readers get once the events were projected", async () => {
    const example = ofAda.when(projected(account, store));
    await example.then({ id: "acc-1", state: { owner: "Ada", balance: 5 }, lastSequenceNumber: 2 });
    expect(await store.count()).toBe(1);
    await ofTwo
      .when(projected(perStream, store))
      .then([{ id: "a" }, { id: "b", state: { owner: "Grace", balance: 0 } }]);
    await given<AccountEvents>([]).when(projected(perStream, store)).thenNothing();
  });

  it("may come about by a function of one's own, synchronous or not", async () => {
    await ofAda
      .when(async (source) => {
        await store.save(await account.project(source));
        return store.of(account).lookup({ filters: [] });
      })
      .then({ state: { owner: "Ada", balance: 5 } });
    await ofAda.when((source) => store.of(account).load({ id: `no ${source.identifier.kind}` })).thenNothing();
    ofAda.when(() => account.initial({ kind: "stream", category: "c", stream: "s" })).then({ id: "s" });
  });

  it("fails with the place and both values", async () => {
    const example = ofAda.when(projected(account, store));
    expect(await messageOf(example.then({ state: { owner: "Ada", balance: 6 } }))).toBe(
      [
        'Given 0 "opened", 1 "deposited":',
        "the projection differs:",
        "  read model: state.balance",
        "    expected: 6",
        "    actual:   5",
      ].join("\n"),
    );
    expect(await messageOf(example.thenNothing())).toContain("expected no projection, got { id: 'acc-1'");
    const many = ofTwo.when(projected(perStream, store));
    expect(await messageOf(many.then([{ id: "a" }]))).toContain("read model: [1]\n    expected: nothing");
    expect(await messageOf(many.then([{ id: "a" }, { id: "c" }]))).toContain("read model: [1].id");
  });

  it("fails when there is none", async () => {
    const none = ofAda.when(() => store.of(account).load({ id: "none" }));
    expect(await messageOf(none.then({ id: "none" }))).toContain("there is no projection:");
  });

  it("may be expected to fail", async () => {
    const refused = ofTwo.when((source) => account.project(source));
    await refused.thenRejects(TypeError);
    expect(await messageOf(refused.then({ id: "a" }))).toContain("expected a projection, got TypeError");
    expect(await messageOf(refused.thenRejects("NONE"))).toContain(
      'expected an error with the code "NONE", got TypeError',
    );
    expect(await messageOf(ofAda.when(projected(account, store)).thenRejects())).toContain("expected an error, got {");
  });
});
