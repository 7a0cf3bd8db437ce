// What the examples of commands take for granted: bank accounts, a shop and courses, with their events, deciders and streams.
import type { Decider } from "@eventfold/commands";
import type { EventCategory, EventStore, EventStream } from "@eventfold/store";

interface SampleAccountEvents {
  readonly "account-opened": { readonly owner: string };
  readonly "money-deposited": { readonly amount: number };
}

interface SampleStockEvents {
  readonly "stock-reserved": { readonly order: string; readonly quantity: number };
}

interface SamplePaymentEvents {
  readonly "payment-taken": { readonly order: string; readonly amount: number };
}

interface SampleShopEvents extends SampleStockEvents, SamplePaymentEvents {
  readonly "order-placed": { readonly total: number };
}

interface SampleCourseEvents {
  readonly enrolled: { readonly course: string; readonly student: string };
}

declare global {
  type AccountEvents = SampleAccountEvents;
  type ShopEvents = SampleShopEvents;
  type CourseEvents = SampleCourseEvents;

  const store: EventStore;
  const stream: EventStream<SampleAccountEvents>;
  const accounts: EventCategory<SampleAccountEvents>;
  const account: Decider<
    { readonly balance: number },
    SampleAccountEvents,
    { readonly type: "deposit" | "withdraw"; readonly amount: number }
  >;
  const stocks: EventCategory<SampleStockEvents>;
  const stock: Decider<
    number,
    SampleStockEvents,
    { readonly type: "reserve"; readonly order: string; readonly quantity: number }
  >;
  const payments: EventCategory<SamplePaymentEvents>;
  const payment: Decider<number, SamplePaymentEvents, { readonly type: "take"; readonly amount: number }>;
  const error: unknown;
}
