import { type ProjectionStorageAdapter, ProjectionStore, projectorFor } from "@eventfold/projections";
import { causedBy, type EventStorageAdapter, EventStore, eventIdFrom } from "@eventfold/store";

/** The events of accounts, for tests of what commands show. */
export type AccountEvents = { "account-opened": { owner: string }; "money-deposited": { amount: number } };

export interface Account {
  readonly owner: string;
  readonly balance: number;
  readonly tags: readonly string[];
}

export const account = projectorFor<Account, AccountEvents>()({
  name: "account",
  version: 1,
  initialState: () => ({ owner: "", balance: 0, tags: [] }),
  handlers: {
    "account-opened": (state, { payload }) => ({ ...state, owner: payload.owner }),
    "money-deposited": (state, { payload }) => ({
      ...state,
      balance: state.balance + payload.amount,
      tags: ["active"],
    }),
  },
});

/** The id of the nth event of an account. */
export function idOf(name: string, n: number): string {
  return eventIdFrom("accounts", name, `${n}`);
}

const at = (day: number): Date => new Date(Date.UTC(2026, 0, day));

/**
 * Fills a database: acc-1 is opened on 1 January, and 5 deposited on the 5th and 7 on the 9th, which is known of a deposit on the
 * 3rd; acc-2 is opened, because of what happened on acc-1. Names of a hostile kind are in a category of their own.
 */
export async function fillAccounts(adapter: EventStorageAdapter, projections: ProjectionStorageAdapter): Promise<void> {
  const store = new EventStore({ adapter });
  const first = store.stream<AccountEvents>({ category: "accounts", stream: "acc-1" });
  const [opened] = await first.publish({
    events: [
      {
        id: idOf("acc-1", 0),
        name: "account-opened",
        payload: { owner: "Ada" },
        observedAt: at(1),
        metadata: { actor: "x" },
      },
      { id: idOf("acc-1", 1), name: "money-deposited", payload: { amount: 5 }, observedAt: at(5), tags: ["branch:1"] },
      {
        id: idOf("acc-1", 2),
        name: "money-deposited",
        payload: { amount: 7 },
        observedAt: at(9),
        occurredAt: at(3),
      },
    ],
  });
  if (opened === undefined) throw new TypeError("a publish of three events gives three");
  const second = store.stream<AccountEvents>({ category: "accounts", stream: "acc-2" });
  await second.publish({
    events: [
      {
        id: idOf("acc-2", 0),
        name: "account-opened",
        payload: { owner: "Grace" },
        metadata: causedBy(opened),
        observedAt: at(10),
      },
    ],
  });
  await store.stream({ category: "od/d%", stream: "a/b\u202ec" }).publish({
    events: [{ id: idOf("odd", 0), name: "<script>\u200b", payload: "\u009b31m\u2028", observedAt: at(11) }],
  });
  const projectionStore = new ProjectionStore({ adapter: projections });
  for (const source of [first, second]) await projectionStore.of(account).save(await account.project(source));
}
