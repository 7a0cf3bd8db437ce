import { type EventSource, eventList } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import { projectorFor } from "../src/index.ts";

export interface Account {
  readonly owner: string;
  readonly balance: number;
}

export interface AccountEvents {
  readonly opened: { readonly owner: string };
  readonly deposited: { readonly amount: number };
}

export const STREAM = { kind: "stream", category: "accounts", stream: "acc-1" } as const;

/** Stored events from names and payloads, a minute apart, with gaps between their sequence numbers. */
export function stored(
  payloads: readonly (readonly [name: string, payload: unknown, stream?: string])[],
): StoredEvent<AccountEvents>[] {
  return payloads.map(([name, payload, stream = "acc-1"], position) => {
    const at = new Date(Date.UTC(2026, 0, 1, 0, position));
    return {
      ...{ id: `018f0000-0000-7000-8000-${String(position).padStart(12, "0")}`, name, payload, metadata: null },
      ...{ version: 1, observedAt: at, occurredAt: at, category: "accounts", stream },
      ...{ position, sequenceNumber: (position + 1) * 10 },
    } as StoredEvent<AccountEvents>;
  });
}

export const THREE = stored([
  ["opened", { owner: "Ada" }],
  ["deposited", { amount: 5 }],
  ["deposited", { amount: 7 }],
]);

export function streamOf(events: readonly StoredEvent<AccountEvents>[]): EventSource<AccountEvents> {
  return eventList(events, STREAM);
}

export const accountProjector = projectorFor<Account, AccountEvents>()({
  name: "account",
  version: 2,
  initialState: () => ({ owner: "", balance: 0 }),
  handlers: {
    opened: (state, { payload }) => ({ ...state, owner: payload.owner }),
    deposited: (state, { payload }) => ({ ...state, balance: state.balance + payload.amount }),
  },
  metadata: {
    initial: () => ({ events: 0, at: null as string | null }),
    update: (metadata, event) => ({ events: metadata.events + 1, at: event.observedAt.toISOString() }),
  },
});
