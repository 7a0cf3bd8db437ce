import type { ProjectionStore } from "@eventfold/projections";
import type { NewEvent } from "@eventfold/store";
import { given, projected, specification } from "@eventfold/testing";
import { expectTypeOf } from "vitest";
import { type AccountEvents, account, accountProjector, asyncAccount, perStream } from "./account.ts";

declare const projectionStore: ProjectionStore;

// Deciders: what is given, done and expected is checked against the table of events.
const opened = specification(account).given([{ name: "opened", payload: { owner: "Ada" } }]);
const example = opened.when({ kind: "deposit", amounts: [5] });
expectTypeOf(example.then([{ name: "deposited", payload: { amount: 5 } }])).toEqualTypeOf<void>();
expectTypeOf(example.thenNothing()).toEqualTypeOf<void>();
expectTypeOf(example.thenState({ isOpen: true, balance: 5 })).toEqualTypeOf<void>();
expectTypeOf(example.thenRejects(RangeError)).toEqualTypeOf<void>();
// @ts-expect-error there is no such event
specification(account).given([{ name: "opend", payload: { owner: "Ada" } }]);
// @ts-expect-error it has no such payload
specification(account).given([{ name: "opened", payload: { amount: 5 } }]);
// @ts-expect-error there is no such command
opened.when({ kind: "deposit", amount: 5 });
// @ts-expect-error an event of another payload
example.then([{ name: "deposited", payload: { amount: "5" } }]);
// @ts-expect-error the state has no such member
example.thenState({ isOpen: true, balance: 5, currency: "EUR" });

// What is read has been through JSON, what is decided has not.
specification(account).given([{ name: "deposited", payload: { amount: 5, at: "1970-01-01T00:00:00.000Z" } }]);
// @ts-expect-error a date comes back as text
specification(account).given([{ name: "deposited", payload: { amount: 5, at: new Date(0) } }]);
example.then([{ name: "deposited", payload: { amount: 5, at: new Date(0) } }]);

// Asynchronous deciders are awaited.
const later = specification(asyncAccount).given([]).when({ kind: "close" });
expectTypeOf(later.then([])).toEqualTypeOf<Promise<void>>();
expectTypeOf(later.thenRejects("ACCOUNT_CLOSED")).toEqualTypeOf<Promise<void>>();

// A decider of one event, of none, or of plain functions without this library's types.
const counter = {
  initialState: 0,
  evolve: (state: number, event: { readonly name: "counted"; readonly payload: { readonly by: number } }) =>
    state + event.payload.by,
  decide: (command: number): NewEvent<{ counted: { by: number } }> | undefined =>
    command === 0 ? undefined : { name: "counted", payload: { by: command } },
};
specification(counter)
  .given([{ name: "counted", payload: { by: 1 } }])
  .when(2)
  .thenState(3);
specification(counter)
  .given([])
  .when(2)
  .then([{ name: "counted", payload: { by: 2 } }]);
// @ts-expect-error the state is a number
specification(counter).given([]).when(2).thenState("3");

// Projectors.
const projection = specification(accountProjector).given([{ name: "opened", payload: { owner: "Ada" } }]);
expectTypeOf(projection.then({ owner: "Ada", balance: 0 })).toEqualTypeOf<void>();
projection.thenProjection({ id: "acc-1", metadata: null });
// @ts-expect-error the state is incomplete
projection.then({ owner: "Ada" });
// @ts-expect-error there is no such event
specification(accountProjector).given([{ name: "opend", payload: {} }]);
specification(perStream)
  .given([])
  .then({ "acc-1": { owner: "Ada", balance: 0 } });
// @ts-expect-error states by key
specification(perStream).given([]).then({ owner: "Ada", balance: 0 });

// Read models.
const readModel = given<AccountEvents>([{ name: "opened", payload: { owner: "Ada" } }]);
// @ts-expect-error there is no such event
given<AccountEvents>([{ name: "opend", payload: {} }]);
const stored = readModel.when(projected(accountProjector, projectionStore));
expectTypeOf(stored.then({ state: { owner: "Ada", balance: 0 } })).toEqualTypeOf<Promise<void>>();
// @ts-expect-error another state
void stored.then({ state: { owner: 5 } });
void readModel.when(projected(perStream, projectionStore)).then([{ id: "acc-1" }]);
void readModel.when((source) => accountProjector.project(source)).then({ id: "acc-1" });
expectTypeOf(
  readModel.when(() => accountProjector.initial({ kind: "stream", category: "c", stream: "s" })).thenNothing(),
).toEqualTypeOf<void>();
