import { projectorFor } from "@eventfold/projections";
import { type EventStream, observedUpTo, occurredUpTo, type StoredEvent } from "@eventfold/store";
import { type AccountEvents, changeOf } from "../domain/account.ts";

/** A line of a statement. */
export interface StatementItem {
  readonly eventId: string;
  readonly position: number;
  readonly kind: "deposit" | "withdrawal" | "transfer-sent" | "transfer-received" | "correction";
  /** By how much the balance changed, in cents. */
  readonly amount: number;
  /** The other account of a transfer. */
  readonly counterparty?: string | undefined;
  readonly note?: string | undefined;
  readonly valueDate: string;
  readonly bookedAt: string;
  /** The balance after it, in the order of value dates. */
  readonly balance: number;
}

interface Statement {
  readonly balance: number;
  readonly items: readonly StatementItem[];
}

const statementProjector = projectorFor<Statement, AccountEvents>()({
  name: "statement",
  initialState: () => ({ balance: 0, items: [] }),
  handlers: {
    "account-opened": (statement) => statement,
    "owner-forgotten": (statement) => statement,
    "money-deposited": (statement, event) => withLine(statement, event, { kind: "deposit", note: event.payload.note }),
    "money-withdrawn": (statement, event) =>
      withLine(statement, event, { kind: "withdrawal", note: event.payload.note }),
    "transfer-sent": (statement, event) =>
      withLine(statement, event, {
        kind: "transfer-sent",
        counterparty: event.payload.to,
        note: event.payload.note,
      }),
    "transfer-received": (statement, event) =>
      withLine(statement, event, {
        kind: "transfer-received",
        counterparty: event.payload.from,
        note: event.payload.note,
      }),
    "booking-corrected": (statement, event) =>
      withLine(statement, event, { kind: "correction", note: event.payload.reason }),
  },
});

function withLine(
  { balance: before, items }: Statement,
  event: StoredEvent<AccountEvents>,
  told: Pick<StatementItem, "kind" | "counterparty" | "note">,
): Statement {
  const amount = changeOf(event);
  const balance = before + amount;
  const { id: eventId, position } = event;
  const valueDate = event.occurredAt.toISOString();
  const bookedAt = event.observedAt.toISOString();
  return { balance, items: [...items, { eventId, position, ...told, amount, valueDate, bookedAt, balance }] };
}

/** As of when a statement is asked for. */
export interface AsOf {
  /** With value dates up to here: what was true then. Default: all. */
  readonly valuedUpTo?: Date | undefined;
  /** Booked up to here: what was known then. Default: all. */
  readonly bookedUpTo?: Date | undefined;
}

/**
 * The statement of an account, in the order of value dates. Both times can be asked for at once: "what did we believe at the end of
 * November that the balance had been at the end of October?"
 */
export async function statementOf(
  account: EventStream<AccountEvents>,
  { valuedUpTo, bookedUpTo }: AsOf = {},
): Promise<Statement> {
  const { state } = await statementProjector.project(account, {
    order: "occurred",
    constraints: [
      ...(valuedUpTo === undefined ? [] : [occurredUpTo(valuedUpTo)]),
      ...(bookedUpTo === undefined ? [] : [observedUpTo(bookedUpTo)]),
    ],
  });
  return state;
}
