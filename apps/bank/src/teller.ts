import { type CommandFor, type Executed, type ExecuteOptions, executeMany } from "@eventfold/commands";
import { type EventDefinitions, forgetSubject, type KeyStore } from "@eventfold/events";
import type { ProjectionStore } from "@eventfold/projections";
import {
  type AnyEvents,
  type Clock,
  causedBy,
  type EventCategory,
  type EventStore,
  eventsMatch,
  isEventfoldError,
  type JsonObject,
  positionBefore,
  type StoredEvent,
  taggedWith,
} from "@eventfold/store";
import { type AccountEvents, account, accountTag, numberTag } from "./domain/account.ts";
import { type CustomerEvents, customer } from "./domain/customer.ts";
import { Refusal } from "./domain/refusal.ts";
import { type StandingOrder, type StandingOrderEvents, standingOrder } from "./domain/standing-order.ts";
import type { Readings } from "./reading/readings.ts";

/** What a teller works with. */
export interface TellerOptions {
  readonly store: EventStore;
  readonly accounts: EventCategory<AccountEvents>;
  readonly accountEvents: EventDefinitions<AccountEvents>;
  readonly customers: EventCategory<CustomerEvents>;
  readonly orders: EventCategory<StandingOrderEvents>;
  readonly projectionStore: ProjectionStore;
  readonly keyStore: KeyStore;
  readonly readings: Readings;
  readonly clock: Clock;
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
  /** Where the account has to be. Default: anywhere. */
  readonly positions?: readonly number[] | undefined;
}

interface Transfer extends Omit<Booking, "account"> {
  readonly from: string;
  readonly to: string;
}

interface Correction extends Pick<Booking, "account" | "amount" | "positions"> {
  readonly eventId: string;
  readonly reason: string;
}

type Registration = Omit<Extract<CommandFor<typeof customer>, { readonly type: "register" }>, "type">;
type Opening = Pick<Extract<CommandFor<typeof account>, { readonly type: "open" }>, "account" | "number" | "customer">;
type Placing = Pick<StandingOrder, "account" | "order" | "to" | "amount" | "every" | "from">;

type DueEvent = Extract<StoredEvent<StandingOrderEvents>, { readonly name: "standing-order-due" }>;

type OnceOptions = Required<Pick<ExecuteOptions, "commandId" | "tags" | "metadata" | "retry">>;
type Outcome = Pick<Executed<unknown, AnyEvents>, "isRepeat" | "events">;
type AccountOutcome = Awaited<ReturnType<(typeof account)["execute"]>>;

/** Rivals for one account take turns; dozens of them at once are fine. */
const RETRY = { tries: 50, backoff: { firstMs: 5, longestMs: 250 } };

/** Carries out what the bank is asked to do. What it refuses rejects with a {@link Refusal}. */
export class Teller {
  readonly #options: TellerOptions;
  readonly #snapshots: { readonly store: ProjectionStore; readonly every: number };
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: TellerOptions) {
    this.#options = options;
    this.#snapshots = { store: options.projectionStore, every: 100 };
  }

  async register(request: BankRequest, registration: Registration): Promise<void> {
    const stream = this.#options.customers.stream(registration.customer);
    const command = { type: "register", ...registration } as const;
    await this.#once(request, [`customer ${registration.customer}`], (store, options) =>
      executeMany(store, [{ decider: customer, stream, command }], options),
    );
  }

  /** Makes a customer's name and address unreadable, at once and for ever. */
  async forget(request: BankRequest, id: string): Promise<void> {
    const stream = this.#options.customers.stream(id);
    const command = { type: "forget", customer: id } as const;
    await this.#once(request, [`customer ${id}`], (store, options) =>
      executeMany(store, [{ decider: customer, stream, command }], options),
    );
    await this.deleteKeys(id); // should this process be killed before, a subscription does it
  }

  async deleteKeys(subject: string): Promise<void> {
    await forgetSubject(subject, this.#options);
  }

  async openAccount(request: BankRequest, opening: Opening) {
    const { store, accounts, accountEvents: events, readings } = this.#options;
    const { name: owner, city } = await readings.customer(opening.customer);
    if (owner === null) throw new Refusal("CUSTOMER_FORGOTTEN", `The customer ${opening.customer} was forgotten.`);
    const query = eventsMatch(
      { names: ["account-opened"], tags: [numberTag(opening.number)] },
      { names: ["account-opened"], tags: [accountTag(opening.account)] },
    );
    const boundary = { store, query, events, stream: accounts.stream(opening.account) };
    const command = { type: "open", ...opening, owner, city } as const;
    await this.#once(request, [opening.account], async (_, options) => [
      await account.execute(boundary, command, options),
    ]);
    return { ...opening, owner, city, balance: 0, position: 0 };
  }

  deposit(request: BankRequest, deposit: Booking) {
    return this.#book(request, { type: "deposit", ...deposit });
  }

  withdraw(request: BankRequest, withdrawal: Booking) {
    return this.#book(request, { type: "withdraw", ...withdrawal });
  }

  async transfer(request: BankRequest, transfer: Transfer) {
    const commands = this.#bookingsOf(transfer);
    const [sent] = await this.#once(request, [transfer.from, transfer.to], (store, options) =>
      executeMany(store, commands, { ...options, snapshots: this.#snapshots }),
    );
    return this.#answer(transfer.from, sent);
  }

  /** Books the difference to what a deposit or withdrawal should have been, with its value date. */
  async correct(request: BankRequest, { eventId, ...correction }: Correction) {
    const { store, accountEvents, readings } = this.#options;
    await readings.account(correction.account);
    const stored = await store.eventById(eventId);
    const isOurs = stored?.category === "accounts" && stored.stream === correction.account;
    const [event] = isOurs ? await accountEvents.read([stored]) : [];
    if (event?.name !== "money-deposited" && event?.name !== "money-withdrawn") {
      const message = `The account ${correction.account} has no deposit or withdrawal ${eventId}.`;
      throw new Refusal("UNKNOWN_BOOKING", message);
    }
    const { id: booking, name: kind, occurredAt: valueDate } = event;
    const original = { booking, kind, amount: event.payload.amount, valueDate };
    return this.#book(request, { type: "correct", ...correction, original });
  }

  async placeOrder(request: BankRequest, order: Placing): Promise<void> {
    const { readings, clock } = this.#options;
    await readings.account(order.account);
    await readings.account(order.to, "UNKNOWN_RECIPIENT");
    const stream = this.#orderStream(order);
    const command = { type: "place", ...order, now: clock.now() } as const;
    await this.#once(request, [order.account], (store, options) =>
      executeMany(store, [{ decider: standingOrder, stream, command }], options),
    );
  }

  async cancelOrder(request: BankRequest, order: Pick<Placing, "account" | "order">): Promise<void> {
    await this.#options.readings.account(order.account);
    const cancelled = {
      decider: standingOrder,
      stream: this.#orderStream(order),
      command: { type: "cancel" },
    } as const;
    await this.#once(request, [order.account], (store, options) => executeMany(store, [cancelled], options));
  }

  /** Lets standing orders fall due whose time has come. Any number of processes may do so: each date falls due once. */
  async letOrdersFallDue(): Promise<void> {
    const { readings, orders, clock } = this.#options;
    const now = clock.now();
    for await (const { id, state } of readings.ordersToFallDue(now)) {
      await standingOrder.execute(orders.stream(id), { type: "fall-due", now }, { commandId: `due ${state.next}` });
    }
  }

  /**
   * Pays a standing order that fell due, or declines. The transfer and the end of the payment are stored in one publish, so whoever
   * tries again finds it settled.
   */
  async payOrder(event: DueEvent): Promise<void> {
    const { store, orders } = this.#options;
    const stream = orders.stream(event.stream);
    const { due } = event.payload;
    const { state: order } = await standingOrder.projector.project(stream);
    const options = { commandId: event.id, metadata: causedBy(event, { actor: "payments" }), retry: RETRY };
    try {
      const transfer = this.#bookingsOf({ ...order, from: order.account, valueDate: new Date(due) });
      await executeMany(
        store,
        [...transfer, { decider: standingOrder, stream, command: { type: "pay", due } }],
        options,
      );
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === "NOT_DUE") return;
      await standingOrder.execute(stream, { type: "decline", due, reason: error.code }, options);
    }
  }

  /** The two sides of a transfer, for one publish: both are stored, or neither is. */
  #bookingsOf({ from, to, amount, note, valueDate, positions }: Transfer) {
    if (from === to) throw new Refusal("TRANSFER_TO_ITSELF", "An account cannot send money to itself.");
    const { accounts } = this.#options;
    const booking = { amount, note, valueDate };
    const send = { type: "send", account: from, to, positions, ...booking } as const;
    const receive = { type: "receive", account: to, from, ...booking } as const;
    return [
      { decider: account, stream: accounts.stream(from), command: send },
      { decider: account, stream: accounts.stream(to), command: receive },
    ] as const;
  }

  #orderStream({ account: id, order }: Pick<Placing, "account" | "order">) {
    return this.#options.orders.stream(`${id}.${order}`); // ids have no dots
  }

  async #book(request: BankRequest, command: CommandFor<typeof account> & { readonly account: string }) {
    const stream = this.#options.accounts.stream(command.account);
    const [booked] = await this.#once(request, [command.account], (store, options) =>
      executeMany(store, [{ decider: account, stream, command }], { ...options, snapshots: this.#snapshots }),
    );
    return this.#answer(command.account, booked);
  }

  /** What is answered about a booking: for a repeat what was answered at first, whatever has happened since. */
  async #answer(id: string, { isRepeat, events: [event], state }: AccountOutcome) {
    if (event === undefined) throw new TypeError("A booking has an event.");
    const { id: eventId, position } = event;
    if (!isRepeat) return { eventId, position, balance: state.balance };
    const constraints = [positionBefore(position + 1)];
    const before = await account.projector.project(this.#options.accounts.stream(id), { constraints });
    return { eventId, position, balance: before.state.balance };
  }

  /**
   * Carries out commands once for a request: a second one gets the events of the first, and anything else under its key is refused.
   * The id of a command holds for its streams only, so the tag keeps a key from being used again with another recipient.
   */
  async #once<TOutcomes extends readonly Outcome[]>(
    { key, tag, hash }: BankRequest,
    names: readonly string[],
    carryOut: (store: Pick<EventStore, "publish">, options: OnceOptions) => Promise<TOutcomes>,
  ): Promise<TOutcomes> {
    const { store } = this.#options;
    const reused = () => new Refusal("KEY_REUSED", `The key ${key} was used for another request.`);
    const publish = (entries: never) =>
      store.publish(entries, { failIf: taggedWith(tag) }).catch((error: unknown) => {
        throw isEventfoldError(error, "EVENTS_MATCHED") ? reused() : error;
      });
    const options = { commandId: key, tags: [tag], metadata: { request: hash }, retry: RETRY };
    const outcomes = await this.#inTurn(names, () => carryOut({ publish } as Pick<EventStore, "publish">, options));
    const [first] = outcomes.flatMap(({ isRepeat, events }) => (isRepeat ? events : []));
    if (first !== undefined && (first.metadata as JsonObject | null)?.request !== hash) throw reused();
    return outcomes;
  }

  /**
   * Calls a function when those that were here before, and have to do with the same streams, are done. Rivals of one process are quicker so
   * than if they raced in the database, where all but one of them decide in vain; those of other processes do race.
   */
  async #inTurn<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const turn = Promise.all(names.map((name) => this.#turns.get(name))).then(work);
    const done = turn.catch(() => undefined);
    for (const name of names) this.#turns.set(name, done);
    try {
      return await turn;
    } finally {
      for (const name of names) if (this.#turns.get(name) === done) this.#turns.delete(name);
    }
  }
}
