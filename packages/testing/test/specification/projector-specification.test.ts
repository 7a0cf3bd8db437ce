import { projectorFor, remove } from "@eventfold/projections";
import { specification } from "@eventfold/testing";
import { describe, expect, it } from "vitest";
import { AccountClosedError, accountProjector, perStream } from "./account.ts";
import { failureOf } from "./failure-of.ts";

const example = specification(accountProjector).given([
  { name: "opened", payload: { owner: "Ada" }, category: "accounts", stream: "acc-1" },
  { name: "deposited", payload: { amount: 5 }, category: "accounts", stream: "acc-1" },
]);
const refused = specification(accountProjector).given([
  { name: "deposited", payload: { amount: 5 } },
  { name: "closed", payload: {} },
]);

describe("a projector", () => {
  it("is folded over the given events", () => {
    example.then({ owner: "Ada", balance: 5 });
    example.thenProjection({ id: "acc-1", lastSequenceNumber: 2, metadata: null });
    specification(accountProjector).given([]).then({ owner: "", balance: 0 });
  });

  it("fails with the place, both values, and the event that last changed it", () => {
    const error = failureOf(() => example.then({ owner: "Grace", balance: 5 }));
    expect(error.message).toBe(
      [
        'Given 0 "opened", 1 "deposited":',
        "the state differs:",
        "  state: owner",
        "    expected: 'Grace'",
        "    actual:   'Ada'",
        '    last changed by event 0 "opened"',
      ].join("\n"),
    );
    expect(error).toMatchObject({ expected: { owner: "Grace", balance: 5 }, actual: { owner: "Ada", balance: 5 } });
    const other = failureOf(() => example.thenProjection({ id: "acc-2", state: { owner: "Ada", balance: 5 } }));
    expect(other.message).toContain("projection: id\n    expected: 'acc-2'\n    actual:   'acc-1'");
  });

  it("may be expected to fail", () => {
    refused.thenRejects(AccountClosedError);
    refused.thenRejects("ACCOUNT_CLOSED");
    refused.thenRejects();
  });

  it("fails with the event that it could not fold", () => {
    const message = 'event 1 "closed" could not be folded: Error (ACCOUNT_CLOSED): It is not empty.';
    expect(failureOf(() => refused.then({ owner: "", balance: 5 })).message).toContain(message);
    const other = failureOf(() => refused.thenRejects(RangeError));
    expect(other.message).toContain(`${message}, expected an error of the class RangeError`);
    expect(failureOf(() => example.thenRejects()).message).toContain("expected an error, but every event was folded");
  });

  it("may be expected to be removed", () => {
    const cart = projectorFor<{ items: number }, { added: null; emptied: null }>()({
      name: "cart",
      initialState: () => ({ items: 0 }),
      handlers: { added: ({ items }) => ({ items: items + 1 }), emptied: () => remove },
    });
    const added = { name: "added", payload: null } as const;
    const emptied = { name: "emptied", payload: null } as const;
    const gone = specification(cart).given([added, emptied]);
    gone.thenNothing();
    gone.thenProjection({ isRemoved: true, lastSequenceNumber: 2 });
    specification(cart).given([added, emptied, added]).then({ items: 1 });
    expect(failureOf(() => gone.then({ items: 0 })).message).toContain(
      '    expected: { items: 0 }\n    actual:   nothing\n    last changed by event 1 "emptied"',
    );
    const there = failureOf(() => specification(cart).given([added]).thenNothing());
    expect(there.message).toContain("    expected: nothing\n    actual:   { items: 1 }");
  });

  it("with a key has an event in the state of each of its keys, until one is removed", () => {
    const nights = projectorFor<{ rooms: number }, { booked: { nights: string[] }; cancelled: { night: string } }>()({
      name: "night",
      source: "category",
      key: (event) => (event.name === "booked" ? event.payload.nights : event.payload.night),
      initialState: () => ({ rooms: 0 }),
      handlers: { booked: ({ rooms }) => ({ rooms: rooms + 1 }), cancelled: () => remove },
    });
    specification(nights)
      .given([
        { name: "booked", payload: { nights: ["mon", "tue"] } },
        { name: "booked", payload: { nights: ["tue"] } },
        { name: "cancelled", payload: { night: "mon" } },
      ])
      .then({ tue: { rooms: 2 } });
  });

  it("takes the events of one source", () => {
    const given = [
      { name: "closed", payload: {} },
      { name: "closed", payload: {}, stream: "other" },
    ] as const;
    expect(() => specification(accountProjector).given(given)).toThrow(TypeError);
    specification(perStream)
      .given(given)
      .then({ "thing-1": { owner: "", balance: 0 }, other: { owner: "", balance: 0 } });
  });

  it("says so when an unfinished example is awaited", async () => {
    const awaited = async (): Promise<unknown> => await (example as unknown as Promise<unknown>);
    await expect(awaited()).rejects.toThrow("The example is incomplete");
  });
});

describe("a projector with a key", () => {
  const keyed = specification(perStream).given([
    { name: "opened", payload: { owner: "Ada" }, stream: "a" },
    { name: "opened", payload: { owner: "Grace" }, stream: "__proto__" },
    { name: "deposited", payload: { amount: 5 }, stream: "a" },
  ]);

  it("makes a state for each key", () => {
    keyed.then({ a: { owner: "Ada", balance: 5 }, ["__proto__"]: { owner: "Grace", balance: 0 } });
    specification(perStream).given([]).then({});
  });

  it("fails with the key, the place and the event", () => {
    const error = failureOf(() => keyed.then({ a: { owner: "Ada", balance: 6 }, c: { owner: "", balance: 0 } }));
    expect(error.message).toContain(
      'states: a.balance\n    expected: 6\n    actual:   5\n    last changed by event 2 "deposited"',
    );
    expect(error.message).toContain("states: c\n    expected: { owner: '', balance: 0 }\n    actual:   nothing");
    expect(error.message).toContain("states: __proto__\n    expected: nothing");
    expect(failureOf(() => keyed.thenRejects()).message).toContain("every event was folded");
  });
});
