import { specification } from "@eventfold/testing";
import { describe, expect, it } from "vitest";
import { AccountClosedError, account, asyncAccount } from "./account.ts";
import { failureOf, rejectionOf } from "./failure-of.ts";

const opened = specification(account).given([
  { name: "opened", payload: { owner: "Ada" } },
  { name: "deposited", payload: { amount: 2 } },
]);
const deposit = opened.when({ kind: "deposit", amounts: [5, 7] });
const refused = specification(account).given([]).when({ kind: "close" });

describe("then", () => {
  it("passes when these events are decided, whatever members the test does not name", () => {
    const at = new Date(0);
    deposit.then([
      { name: "deposited", payload: { amount: 5, at } },
      { name: "deposited", payload: { amount: 7, at }, metadata: { by: "test" } },
    ]);
    opened.when({ kind: "close" }).thenNothing();
  });

  it("names the event by index and name, the place in it, and both values", () => {
    const error = failureOf(() =>
      deposit.then([
        { name: "deposited", payload: { amount: 5, at: new Date(0) } },
        { name: "deposited", payload: { amount: 8, at: new Date(0) }, metadata: { by: "somebody" } },
      ]),
    );
    expect(error.message).toBe(
      [
        'Given 0 "opened", 1 "deposited"; when { kind: \'deposit\', amounts: [ 5, 7 ] }:',
        "other events were decided:",
        '  event 1 "deposited": payload.amount',
        "    expected: 8",
        "    actual:   7",
        '  event 1 "deposited": metadata.by',
        "    expected: 'somebody'",
        "    actual:   'test'",
      ].join("\n"),
    );
    expect(error.expected).toHaveLength(2);
    expect(error.actual).toMatchObject([{ payload: { amount: 5 } }, { payload: { amount: 7 } }]);
  });

  it("names events that are missing, too many, or others", () => {
    const missing = failureOf(() => opened.when({ kind: "close" }).then([{ name: "closed", payload: {} }]));
    expect(missing.message).toContain(
      "  event 0\n    expected: { name: 'closed', payload: {} }\n    actual:   nothing",
    );
    const tooMany = failureOf(() => deposit.thenNothing());
    expect(tooMany.message).toMatch(/ {2}event 1\n {4}expected: nothing\n {4}actual: {3}\{ name: 'deposited'/);
    const other = failureOf(() => deposit.then([{ name: "closed", payload: {} }]));
    expect(other.message).toMatch(
      / {2}event 0\n {4}expected: \{ name: 'closed'.*\n {4}actual: {3}\{ name: 'deposited'/,
    );
  });

  it("counts a missing member and members of undefined as the same, and a date as its text", () => {
    const expected = { name: "deposited", payload: { amount: 5, at: undefined } } as const;
    const error = failureOf(() => opened.when({ kind: "deposit", amounts: [5] }).then([expected]));
    expect(error.message).toContain("payload.at\n    expected: nothing\n    actual:   '1970-01-01T00:00:00.000Z'");
  });

  it("fails for an event that could not be published", () => {
    const error = failureOf(() => opened.when({ kind: "deposit", amounts: [1, Number.NaN] }).thenNothing());
    expect(error.message).toMatch(/event 1 "deposited" could not be published: payload\.amount: .*NaN/);
  });

  it("fails when the command is refused, with the error as cause", () => {
    const error = failureOf(() => refused.thenNothing());
    expect(error.message).toContain("the command was refused: Error (ACCOUNT_CLOSED): The account is closed.");
    expect(error.cause).toBeInstanceOf(AccountClosedError);
  });

  it("says so when an unfinished example is awaited", async () => {
    const awaited = async (): Promise<unknown> => await (deposit as unknown as Promise<unknown>);
    await expect(awaited()).rejects.toThrow("The example is incomplete");
  });
});

describe("thenState", () => {
  it("folds what was given and decided", () => {
    deposit.thenState({ isOpen: true, owner: "Ada", balance: 14 });
    refused.thenRejects();
  });

  it("names the event that last changed what differs", () => {
    const error = failureOf(() => deposit.thenState({ isOpen: true, owner: "Grace", balance: 15 }));
    expect(error.message).toContain(
      "  state: owner\n    expected: 'Grace'\n    actual:   'Ada'\n    last changed by event 0 \"opened\"",
    );
    expect(error.message).toContain(
      '  state: balance\n    expected: 15\n    actual:   14\n    last changed by event 3 "deposited"',
    );
    expect(error.actual).toStrictEqual({ isOpen: true, owner: "Ada", balance: 14 });
  });

  it("says so when no event changed it", () => {
    const error = failureOf(() =>
      specification(account)
        .given([])
        .when({ kind: "open", owner: "A" })
        .thenState({ isOpen: true, owner: "A", balance: 1 }),
    );
    expect(error.message).toContain("changed by no event");
  });
});

describe("thenRejects", () => {
  it("passes by class, by code, by predicate, and for any error", () => {
    refused.thenRejects(AccountClosedError);
    refused.thenRejects(Error);
    refused.thenRejects("ACCOUNT_CLOSED");
    refused.thenRejects((error) => error instanceof Error && error.message.includes("closed"));
    refused.thenRejects();
  });

  it("fails for another error, and says which came", () => {
    const came = "got Error (ACCOUNT_CLOSED): The account is closed.";
    expect(failureOf(() => refused.thenRejects(RangeError)).message).toContain(
      `expected an error of the class RangeError, ${came}`,
    );
    expect(failureOf(() => refused.thenRejects("OVERDRAWN")).message).toContain(
      `expected an error with the code "OVERDRAWN", ${came}`,
    );
    expect(failureOf(() => refused.thenRejects(() => false)).message).toContain(
      `expected an error for which the predicate holds, ${came}`,
    );
  });

  it("fails when the command is not refused, and says what was decided", () => {
    const error = failureOf(() => opened.when({ kind: "deposit", amounts: [5] }).thenRejects(AccountClosedError));
    expect(error.message).toContain("but the command was not refused; decided: [ { name: 'deposited'");
  });
});

describe("an asynchronous decider", () => {
  const later = specification(asyncAccount).given([{ name: "opened", payload: { owner: "Ada" } }]);

  it("is awaited", async () => {
    await later.when({ kind: "open", owner: "Grace" }).then([{ name: "opened", payload: { owner: "Grace" } }]);
    await later.when({ kind: "close" }).thenState({ isOpen: false, owner: "Ada", balance: 0 });
    await specification(asyncAccount).given([]).when({ kind: "close" }).thenRejects("ACCOUNT_CLOSED");
  });

  it("rejects when it decides otherwise", async () => {
    const error = await rejectionOf(
      later.when({ kind: "open", owner: "Grace" }).then([{ name: "opened", payload: { owner: "G" } }]),
    );
    expect(error.message).toContain('event 0 "opened": payload.owner');
    const unrefused = await rejectionOf(later.when({ kind: "close" }).thenRejects());
    expect(unrefused.message).toContain("was not refused");
  });
});

describe("a decider that fails while it evolves", () => {
  it("is named with the event, and is not a refusal", () => {
    const broken = {
      ...account,
      evolve: () => {
        throw new TypeError("no");
      },
    };
    const example = specification(broken)
      .given([{ name: "opened", payload: {} }])
      .when({ kind: "close" });
    expect(failureOf(() => example.thenRejects()).message).toContain(
      'event 0 "opened" could not be evolved: TypeError: no',
    );
  });
});

describe("a decider that changes its state in place", () => {
  const mutating = {
    initialState: { balance: 0, log: [] as string[] },
    evolve: (
      state: { balance: number; log: string[] },
      event: { readonly name: "deposited"; readonly payload: { readonly amount: number } },
    ) => {
      state.balance += event.payload.amount;
      state.log.push(event.name);
      return state;
    },
    decide: () => [],
  };
  const example = specification(mutating)
    .given([{ name: "deposited", payload: { amount: 5 } }])
    .when(null as never);

  it("spoils no other example", () => {
    example.thenState({ balance: 5, log: ["deposited"] });
    example.thenState({ balance: 5, log: ["deposited"] });
    expect(mutating.initialState).toStrictEqual({ balance: 0, log: [] });
  });

  it("has its events named like any other", () => {
    const error = failureOf(() => example.thenState({ balance: 6, log: ["deposited"] }));
    expect(error.message).toContain('actual:   5\n    last changed by event 0 "deposited"');
  });
});

describe("given events", () => {
  it("are whole stored events to the decider, a second apart", () => {
    const seen: unknown[] = [];
    const recorder = {
      initialState: null,
      evolve: (state: null, event: { readonly name: string; readonly payload: unknown }): null => {
        seen.push(event);
        return state;
      },
      decide: () => [],
    };
    specification(recorder)
      .given([
        { name: "a", payload: { n: 1 } },
        { name: "b", payload: { n: 2 }, stream: "other", metadata: { by: "me" } },
        { name: "c", payload: { n: 3 }, version: 2 },
      ])
      .when(null as never)
      .then([]);
    expect(seen).toStrictEqual([
      {
        ...{ id: "00000000-0000-7000-8000-000000000001", name: "a", payload: { n: 1 }, metadata: null, version: 1 },
        ...{ observedAt: new Date("2026-01-01T00:00:00Z"), occurredAt: new Date("2026-01-01T00:00:00Z") },
        ...{ category: "things", stream: "thing-1", position: 0, sequenceNumber: 1, tags: [] },
      },
      {
        ...{
          id: "00000000-0000-7000-8000-000000000002",
          name: "b",
          payload: { n: 2 },
          metadata: { by: "me" },
          version: 1,
        },
        ...{ observedAt: new Date("2026-01-01T00:00:01Z"), occurredAt: new Date("2026-01-01T00:00:01Z") },
        ...{ category: "things", stream: "other", position: 0, sequenceNumber: 2, tags: [] },
      },
      {
        ...{ id: "00000000-0000-7000-8000-000000000003", name: "c", payload: { n: 3 }, metadata: null, version: 2 },
        ...{ observedAt: new Date("2026-01-01T00:00:02Z"), occurredAt: new Date("2026-01-01T00:00:02Z") },
        ...{ category: "things", stream: "thing-1", position: 1, sequenceNumber: 3, tags: [] },
      },
    ]);
  });
});
