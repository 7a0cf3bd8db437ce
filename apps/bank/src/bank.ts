import { AsyncLocalStorage } from "node:async_hooks";
import { type CommandFor, type Executed, type ExecuteOptions, executeMany } from "@eventfold/commands";
import type { OpenStorage } from "@eventfold/databases";
import { combineEvents, forgetSubject, isForgotten, KeyStore } from "@eventfold/events";
import { EventBroker, pollingService, projectionSubscription, subscription } from "@eventfold/processing";
import { inlineProjection, ProjectionStore } from "@eventfold/projections";
import { filter, keysetPage } from "@eventfold/query";
import {
  type AnyEvents,
  type Clock,
  causedBy,
  EventStore,
  eventsMatch,
  isEventfoldError,
  type JsonObject,
  type Logger,
  nameIn,
  positionBefore,
  taggedWith,
} from "@eventfold/store";
import { account, accountEvents, accountTag, numberTag } from "./domain/account.ts";
import { customer, customerEvents, forgettingOf } from "./domain/customer.ts";
import { Refusal } from "./domain/refusal.ts";
import { type StandingOrder, standingOrder, standingOrderEvents } from "./domain/standing-order.ts";
import { type AccountSearch, accountQuery, balanceProjector, listingProjector, RICH_LIST } from "./reading/accounts.ts";
import { EMPTY_REPORT, reportProjector } from "./reading/monthly-report.ts";
import { type AsOf, statementOf } from "./reading/statement.ts";

/** How a bank is opened. */
export interface BankOptions {
  readonly storage: OpenStorage;
  /** Of this process, kept over restarts: no other process that runs on the database has it. */
  readonly name: string;
  readonly logger: Logger;
  /** Default: that of the machine. */
  readonly clock?: Clock | undefined;
}

/** A request that changes something, to be carried out once however often it is sent. */
export interface BankRequest {
  /** Given by the caller, for each intent another one. */
  readonly key: string;
  /** The same for the same key of the same account, and for no other. */
  readonly tag: string;
  /** The same for the same request, and for no other under this key. */
  readonly hash: string;
}

interface Booking {
  readonly account: string;
  readonly amount: number;
  readonly note?: string | undefined;
  readonly valueDate?: Date | undefined;
  readonly positions?: readonly number[] | undefined;
}

type Transfer = Omit<Booking, "account"> & { readonly from: string; readonly to: string };

type Correction = Pick<Booking, "account" | "amount" | "positions"> & {
  readonly eventId: string;
  readonly reason: string;
};

type Placing = Pick<StandingOrder, "account" | "order" | "to" | "amount" | "every" | "from">;

type OnceOptions = Required<Pick<ExecuteOptions, "commandId" | "tags" | "metadata" | "retry">>;
type Outcome = Pick<Executed<unknown, AnyEvents>, "isRepeat" | "events">;
type AccountOutcome = Awaited<ReturnType<(typeof account)["execute"]>>;

/** Rivals for one account take turns; dozens of them at once are fine. */
const RETRY = { tries: 50, backoff: { firstMs: 5, longestMs: 250 } };

/** Opens the bank: everything that is wired together is wired here. Close it when done. */
export async function openBank({ storage, name, logger, clock = { now: () => new Date() } }: BankOptions) {
  const [projections, processing, keys] = [
    await storage.openProjections(),
    await storage.openProcessing(),
    await storage.openKeys(),
  ];
  const projectionStore = new ProjectionStore({ adapter: projections });
  const keyStore = new KeyStore({ adapter: keys });
  const keyed = {
    accounts: accountEvents.withKeys(keyStore),
    customers: customerEvents.withKeys(keyStore),
    both: combineEvents(customerEvents, accountEvents).withKeys(keyStore),
  };

  const onBehalf = new AsyncLocalStorage<JsonObject>();
  const balanceOf = balanceProjector(keyed.accounts);
  const store = new EventStore({
    adapter: storage.adapter,
    clock,
    logger,
    metadata: () => onBehalf.getStore(),
    inline: [inlineProjection({ projector: balanceOf, store: projectionStore, category: "accounts" })],
  });
  const accounts = store.category("accounts", { events: keyed.accounts });
  const customers = store.category("customers", { events: keyed.customers });
  const orders = store.category("standing-orders", { events: standingOrderEvents });
  const everything = store.log({ events: keyed.both, unknownEvents: "skip" });
  const orderStream = (id: string, order: string) => orders.stream(`${id}.${order}`); // ids have no dots

  const balances = projectionStore.of(balanceOf);
  const snapshots = { store: projectionStore, every: 100 };
  const listing = projectionSubscription({
    projector: listingProjector,
    source: accounts,
    projectionStore,
    partitions: 4,
  });
  const reports = projectionSubscription({
    projector: reportProjector,
    source: accounts,
    projectionStore,
    partitions: 2,
  });
  const placed = projectionSubscription({ projector: standingOrder.projector, source: orders, projectionStore });
  const payments = subscription({
    name: "payments",
    source: orders,
    constraints: [nameIn("standing-order-due")],
    partitions: 4,
    handleEvent: async (event) => {
      if (event.name !== "standing-order-due") return;
      const stream = orders.stream(event.stream);
      const { due } = event.payload;
      const { state: order } = await standingOrder.projector.project(stream);
      const options = { commandId: event.id, metadata: causedBy(event, { actor: "payments" }), retry: RETRY };
      try {
        const transfer = bookingsOf({ ...order, from: order.account, valueDate: new Date(due) });
        const paid = { decider: standingOrder, stream, command: { type: "pay", due } } as const;
        await executeMany(store, [...transfer, paid], options);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (error.code === "NOT_DUE") return; // settled before
        await standingOrder.execute(stream, { type: "decline", due, reason: error.code }, options);
      }
    },
  });
  const forgetting = subscription({ ...forgettingOf({ everything, accounts }), partitions: 1 });
  const deletingKeys = subscription({
    name: "deleting-keys",
    source: customers,
    constraints: [nameIn("customer-forgotten")],
    handleEvent: ({ payload }) => deleteKeys(payload.customer),
  });
  const subscriptions = [listing, reports, placed, payments, forgetting, deletingKeys];
  let broker: EventBroker | undefined;

  /** The two sides of a transfer: stored in one publish, or not at all. */
  function bookingsOf({ from, to, ...booking }: Transfer) {
    if (from === to) throw new Refusal("TRANSFER_TO_ITSELF", "An account cannot send money to itself.");
    const { positions, ...received } = booking;
    const send = { type: "send", account: from, to, ...booking } as const;
    const receive = { type: "receive", account: to, from, ...received } as const;
    return [
      { decider: account, stream: accounts.stream(from), command: send },
      { decider: account, stream: accounts.stream(to), command: receive },
    ] as const;
  }

  /**
   * Carries out commands once for a request: a second one gets the events of the first, and anything else under its key is refused.
   * The id of a command holds for its streams only, so the tag keeps a key from being used again with another recipient.
   */
  async function once<TOutcomes extends readonly Outcome[]>(
    { key, tag, hash }: BankRequest,
    carryOut: (guarded: Pick<EventStore, "publish">, options: OnceOptions) => Promise<TOutcomes>,
  ): Promise<TOutcomes> {
    const reused = () => new Refusal("KEY_REUSED", `The key ${key} was used for another request.`);
    const publish = (entries: never) =>
      store.publish(entries, { failIf: taggedWith(tag) }).catch((error: unknown) => {
        throw isEventfoldError(error, "EVENTS_MATCHED") ? reused() : error;
      });
    const guarded = { publish } as Pick<EventStore, "publish">;
    const options = { commandId: key, tags: [tag], metadata: { request: hash }, retry: RETRY };
    const outcomes = await carryOut(guarded, options);
    const [first] = outcomes.flatMap(({ isRepeat, events }) => (isRepeat ? events : []));
    if (first !== undefined && (first.metadata as JsonObject | null)?.request !== hash) throw reused();
    return outcomes;
  }

  /** Carries out one command of an account, beginning at its newest snapshot. */
  async function book(request: BankRequest, command: CommandFor<typeof account> & { readonly account: string }) {
    const stream = accounts.stream(command.account);
    const [booked] = await once(request, (guarded, options) =>
      executeMany(guarded, [{ decider: account, stream, command }], { ...options, snapshots }),
    );
    return booking(command.account, booked);
  }

  /** What is answered about a booking: for a repeat what was answered at first, whatever happened since. */
  async function booking(id: string, { isRepeat, events: [event], state }: AccountOutcome) {
    if (event === undefined) throw new TypeError("A booking has an event.");
    const { id: eventId, position } = event;
    if (!isRepeat) return { eventId, position, balance: state.balance };
    const constraints = [positionBefore(position + 1)];
    const { balance } = (await account.projector.project(accounts.stream(id), { constraints })).state;
    return { eventId, position, balance };
  }

  async function findAccount(id: string) {
    const found = await balances.load({ id });
    if (found === undefined) throw new Refusal("UNKNOWN_ACCOUNT", `There is no account ${id}.`);
    return found.state;
  }

  async function findCustomer(id: string) {
    const [event] = await customers.stream(id).read({ limit: 1 });
    if (event?.name !== "customer-registered") {
      throw new Refusal("UNKNOWN_CUSTOMER", `There is no customer ${id}.`);
    }
    const { name, email, city } = event.payload;
    const isGone = isForgotten(name) || isForgotten(email);
    return isGone
      ? { id, name: null, email: null, city, forgotten: true as const }
      : { id, name, email, city, forgotten: false as const };
  }

  /** Up to which sequence numbers the partitions of a subscription are done. */
  function doneOf({ name: each }: { readonly name: string }): readonly number[] {
    const report = broker?.status().subscriptions.find((one) => one.name === each);
    if (report === undefined) return [0];
    return [
      ...report.held.map(({ checkpoint }) => checkpoint.sequenceNumber),
      ...report.others.map(({ sequenceNumber }) => sequenceNumber),
    ];
  }

  async function deleteKeys(id: string): Promise<void> {
    await forgetSubject(id, { keyStore, store });
  }

  /** Lets standing orders fall due whose time has come. Every process may do so at once: each date falls due once. */
  async function letOrdersFallDue(): Promise<void> {
    const now = clock.now();
    const filters = [filter("state.next", "less_than_or_equal", now.toISOString()), filter("state.due", "equal", null)];
    for await (const { id, state } of projectionStore.of(standingOrder.projector).all({ filters })) {
      const commandId = `due ${state.next}`;
      await standingOrder.execute(orders.stream(id), { type: "fall-due", now }, { commandId });
    }
  }

  return {
    /** Calls a function on behalf of somebody: all that it publishes has this metadata. */
    onBehalfOf: <T>(origin: { readonly actor: string; readonly correlationId: string }, work: () => T): T =>
      onBehalf.run(origin, work),

    // What changes something

    async register(
      request: BankRequest,
      registration: Omit<CommandFor<typeof customer> & { type: "register" }, "type">,
    ) {
      const stream = customers.stream(registration.customer);
      const command = { type: "register", ...registration } as const;
      await once(request, (guarded, options) =>
        executeMany(guarded, [{ decider: customer, stream, command }], options),
      );
    },

    async forget(request: BankRequest, id: string) {
      const stream = customers.stream(id);
      const command = { type: "forget", customer: id } as const;
      await once(request, (guarded, options) =>
        executeMany(guarded, [{ decider: customer, stream, command }], options),
      );
      await deleteKeys(id); // at once; if this process is killed before, the subscription does it
    },

    async openAccount(request: BankRequest, opening: { account: string; number: string; customer: string }) {
      const { name: owner, city } = await findCustomer(opening.customer);
      if (owner === null) throw new Refusal("CUSTOMER_FORGOTTEN", `The customer ${opening.customer} was forgotten.`);
      const query = eventsMatch(
        { names: ["account-opened"], tags: [numberTag(opening.number)] },
        { names: ["account-opened"], tags: [accountTag(opening.account)] },
      );
      const boundary = { store, query, stream: accounts.stream(opening.account) };
      const command = { type: "open", ...opening, owner, city } as const;
      await once(request, async (_, options) => [await account.execute(boundary, command, options)]);
      return { ...opening, owner, city, balance: 0, position: 0 };
    },

    deposit: (request: BankRequest, deposit: Booking) => book(request, { type: "deposit", ...deposit }),

    withdraw: (request: BankRequest, withdrawal: Booking) => book(request, { type: "withdraw", ...withdrawal }),

    async transfer(request: BankRequest, transfer: Transfer) {
      const commands = bookingsOf(transfer);
      const [sent] = await once(request, (guarded, options) =>
        executeMany(guarded, commands, { ...options, snapshots }),
      );
      return booking(transfer.from, sent);
    },

    async correct(request: BankRequest, { eventId, ...correction }: Correction) {
      await findAccount(correction.account);
      const stored = await store.eventById(eventId);
      const isOurs = stored?.category === "accounts" && stored.stream === correction.account;
      const [event] = isOurs ? await keyed.accounts.read([stored]) : [];
      if (event?.name !== "money-deposited" && event?.name !== "money-withdrawn") {
        const message = `The account ${correction.account} has no deposit or withdrawal ${eventId}.`;
        throw new Refusal("UNKNOWN_BOOKING", message);
      }
      const { id: booking, name: kind, occurredAt: valueDate } = event;
      const original = { booking, kind, amount: event.payload.amount, valueDate };
      return book(request, { type: "correct", ...correction, original });
    },

    async placeOrder(request: BankRequest, order: Placing) {
      await findAccount(order.account);
      if ((await balances.load({ id: order.to })) === undefined) {
        throw new Refusal("UNKNOWN_RECIPIENT", `There is no account ${order.to}.`);
      }
      const stream = orderStream(order.account, order.order);
      const command = { type: "place", ...order, now: clock.now() } as const;
      await once(request, (guarded, options) =>
        executeMany(guarded, [{ decider: standingOrder, stream, command }], options),
      );
    },

    async cancelOrder(request: BankRequest, { account: id, order }: { account: string; order: string }) {
      await findAccount(id);
      const one = { decider: standingOrder, stream: orderStream(id, order), command: { type: "cancel" } } as const;
      await once(request, (guarded, options) => executeMany(guarded, [one], options));
    },

    letOrdersFallDue,

    // What is read

    customer: findCustomer,

    async account(id: string) {
      const { number, customer: holder, city, balance, position } = await findAccount(id);
      const { name: owner } = await findCustomer(holder);
      return { id, number, customer: holder, owner, city, balance, position };
    },

    /** A page of accounts, by number. @throws `InvalidCursorError` for an `after` that is not `next` of the same search. */
    async search({
      limit,
      after,
      ...search
    }: AccountSearch & { readonly limit: number; readonly after?: string | undefined }) {
      const paging = keysetPage({ size: limit, after });
      const { items, next } = await projectionStore.of(listingProjector).search({ ...accountQuery(search), paging });
      const found = items.map(({ id, state: { foldedOwner, ...state } }) => ({ id, ...state }));
      return { items: found, next: next ?? null };
    },

    async richList(limit: number) {
      const paging = keysetPage({ size: limit });
      const { items } = await projectionStore.of(listingProjector).search({ ...RICH_LIST, paging });
      return {
        items: items.map(({ id, state: { owner, balance } }) => ({ id, owner, balance })),
        asOf: Math.min(...doneOf(listing)),
      };
    },

    async report(month: string) {
      const report = await projectionStore.of(reportProjector).load({ id: month });
      return { month, ...(report?.state ?? EMPTY_REPORT) };
    },

    async orders(id: string) {
      await findAccount(id);
      const filters = [filter("state.account", "equal", id)];
      const { items } = await projectionStore.of(standingOrder.projector).search({ filters });
      return items.map(({ state: { order, to, amount, every, next } }) => ({
        ...{ id: order, to, amount, every, next },
        cancelled: next === null,
      }));
    },

    async statement(id: string, asOf?: AsOf) {
      await findAccount(id);
      return statementOf(accounts.stream(id), asOf);
    },

    /** All events, and those of an account, as they are stored: neither decrypted nor brought to today's version. */
    log: store.log(),
    eventsOf: async (id: string) => {
      await findAccount(id);
      return store.stream({ category: "accounts", stream: id });
    },

    // What goes on in the background

    /** To be registered with a service manager. */
    services: [
      () => {
        broker = new EventBroker({ name, storage: processing, subscriptions, logger });
        return broker;
      },
      pollingService(letOrdersFallDue, { name: "standing-orders", intervalMs: 1_000 }),
    ],

    /** Waits until everything is handled that was published before. Returns whether it was in time. */
    async isCaughtUp(timeoutMs: number): Promise<boolean> {
      const until = performance.now() + timeoutMs;
      const caughtUp = ({ name: each }: { readonly name: string }) =>
        broker?.whenCaughtUp(each, { timeoutMs: Math.max(0, until - performance.now()) });
      try {
        await Promise.all([payments, forgetting].map(caughtUp)); // what these publish is read by the others
        await Promise.all([listing, reports, placed].map(caughtUp));
        return broker !== undefined;
      } catch (error) {
        if (isEventfoldError(error, "WAIT_TIMED_OUT") || isEventfoldError(error, "PARTITION_PAUSED")) return false;
        throw error;
      }
    },

    /** How the background work is going on; no I/O. */
    status: () =>
      (broker?.status().subscriptions ?? []).map(({ name: each, state, held }) => ({
        ...{ name: each, state },
        lag: held.reduce((most, { lag }) => Math.max(most, lag.numbers), 0),
        parked: held.reduce((sum, { parked }) => sum + parked, 0),
      })),
    problem: () => {
      if (broker === undefined) return "The broker is not started.";
      const { problem, subscriptions: all } = broker.health();
      return problem ?? all.find(({ isHealthy }) => !isHealthy)?.problem;
    },

    async close(): Promise<void> {
      await keys.close();
      await processing.close();
      await projections.close();
    },
  };
}

export type Bank = Awaited<ReturnType<typeof openBank>>;
