import { AsyncLocalStorage } from "node:async_hooks";
import type { OpenStorage } from "@eventfold/databases";
import { combineEvents, KeyStore } from "@eventfold/events";
import {
  EventBroker,
  exponentialBackoff,
  pollingService,
  projectionSubscription,
  rethrow,
  retryWith,
  ServiceManager,
  type ServiceManagerOptions,
  type Subscription,
  subscription,
} from "@eventfold/processing";
import { inlineProjection, ProjectionStore } from "@eventfold/projections";
import { type Clock, EventStore, isEventfoldError, type JsonObject, type Logger, nameIn } from "@eventfold/store";
import { accountEvents } from "./domain/account.ts";
import { customerEvents, forgettingOf } from "./domain/customer.ts";
import { standingOrder, standingOrderEvents } from "./domain/standing-order.ts";
import { balanceProjector, listingProjector, reportProjector } from "./reading/read-models.ts";
import { Readings } from "./reading/readings.ts";
import { Teller } from "./teller.ts";

/** How a bank is opened. */
export interface BankOptions {
  readonly storage: OpenStorage;
  /** Of this process, kept over restarts: no other process that runs on the database has it. */
  readonly name: string;
  readonly logger: Logger;
  /** Default: that of the machine. */
  readonly clock?: Clock | undefined;
}

export type Bank = Awaited<ReturnType<typeof openBank>>;

/** Opens the bank: everything that is wired together is wired here. */
export async function openBank({ storage, name, logger, clock = { now: () => new Date() } }: BankOptions) {
  const projections = await storage.openProjections();
  const processing = await storage.openProcessing();
  const keys = await storage.openKeys();
  const projectionStore = new ProjectionStore({ adapter: projections });
  const keyStore = new KeyStore({ adapter: keys });

  // Events, and what is kept up to date in the transaction of each publish
  const events = accountEvents.withKeys(keyStore);
  const balance = balanceProjector(events);
  const onBehalf = new AsyncLocalStorage<JsonObject>();
  const store = new EventStore({
    adapter: storage.adapter,
    clock,
    logger,
    metadata: () => onBehalf.getStore(),
    inline: [inlineProjection({ projector: balance, store: projectionStore, category: "accounts" })],
  });
  const accounts = store.category("accounts", { events });
  const customers = store.category("customers", { events: customerEvents.withKeys(keyStore) });
  const orders = store.category("standing-orders", { events: standingOrderEvents });
  const everything = store.log({
    events: combineEvents(customerEvents, accountEvents).withKeys(keyStore),
    unknownEvents: "skip",
  });

  const readings = new Readings({ accounts, customers, projectionStore, balance });
  const stores = { store, accounts, accountEvents: events, customers, orders, projectionStore, keyStore };
  const teller = new Teller({ ...stores, readings, clock });

  // What goes on in the background
  const onAccounts = { source: accounts, projectionStore, partitions: 4 };
  const readModels = [
    projectionSubscription({ projector: listingProjector, ...onAccounts }),
    projectionSubscription({ projector: reportProjector, ...onAccounts }),
    projectionSubscription({ projector: standingOrder.projector, source: orders, projectionStore }),
  ];
  const reactions = [
    subscription(forgettingOf({ everything, accounts })),
    subscription({
      name: "deleting-keys",
      source: customers,
      constraints: [nameIn("customer-forgotten")],
      handleEvent: ({ payload }) => teller.deleteKeys(payload.customer),
    }),
    subscription({
      name: "payments",
      source: orders,
      constraints: [nameIn("standing-order-due")],
      partitions: 4,
      handleEvent: (event) => (event.name === "standing-order-due" ? teller.payOrder(event) : undefined),
    }),
  ];
  const background = new Background({ name, logger, storage: processing, readModels, reactions });

  return {
    teller,
    readings,
    background,
    /** Runs what goes on in the background. What fails, because the database is away for example, is started again after a while. */
    newServices(options: Pick<ServiceManagerOptions, "signals"> = {}): ServiceManager {
      const backoff = exponentialBackoff({ firstMs: 100, longestMs: 10_000 });
      const onError = (error: unknown) =>
        isEventfoldError(error) && error.isRetryable ? retryWith(backoff) : rethrow();
      const services = new ServiceManager({ onError, logger, ...options });
      services.register(() => background.newBroker());
      services.register(
        pollingService(() => teller.letOrdersFallDue(), { name: "standing-orders", intervalMs: 1_000 }),
      );
      return services;
    },

    /** Events as they are stored: neither decrypted nor brought to today's version. */
    log: store.log(),
    eventsOf: async (account: string) => {
      await readings.account(account);
      return store.stream({ category: "accounts", stream: account });
    },

    /** Calls a function on behalf of somebody: all that it publishes has this metadata. */
    onBehalfOf: <T>(origin: { readonly actor: string; readonly correlationId: string }, work: () => T): T =>
      onBehalf.run(origin, work),
  };
}

interface BackgroundOptions extends Pick<ConstructorParameters<typeof EventBroker>[0], "name" | "storage" | "logger"> {
  readonly readModels: readonly Subscription[];
  /** What publishes further events. */
  readonly reactions: readonly Subscription[];
}

/** The work that goes on in the background, and how far it has come. */
class Background {
  readonly #options: BackgroundOptions;
  #broker: EventBroker | undefined;

  constructor(options: BackgroundOptions) {
    this.#options = options;
  }

  /** A broker starts once, so a service manager that starts it again asks for another one. */
  newBroker(): EventBroker {
    const { readModels, reactions, ...options } = this.#options;
    this.#broker = new EventBroker({ ...options, subscriptions: [...readModels, ...reactions] });
    return this.#broker;
  }

  /** Waits until everything is handled that was published before. Returns whether it was in time. */
  async isCaughtUp(timeoutMs: number): Promise<boolean> {
    const broker = this.#broker;
    if (broker === undefined) return false;
    const end = performance.now() + timeoutMs;
    const caughtUp = (each: Subscription) =>
      broker.whenCaughtUp(each, { timeoutMs: Math.max(0, end - performance.now()) });
    try {
      await Promise.all(this.#options.reactions.map(caughtUp));
      await Promise.all(this.#options.readModels.map(caughtUp)); // of what the reactions have published, too
      return true;
    } catch (error) {
      if (isEventfoldError(error, "WAIT_TIMED_OUT") || isEventfoldError(error, "PARTITION_PAUSED")) return false;
      throw error;
    }
  }

  /** The number up to which the events of all partitions are in the read model of a projector. No I/O. */
  doneUpTo(projector: { readonly name: string; readonly version: number }): number {
    const name = `${projector.name}@${projector.version}`;
    const report = this.#broker?.status().subscriptions.find((each) => each.name === name);
    const held = report?.held.map(({ checkpoint }) => checkpoint.sequenceNumber) ?? [0];
    return Math.min(...held, ...(report?.others.map(({ sequenceNumber }) => sequenceNumber) ?? []));
  }

  /** How the subscriptions are, as far as this process knows. No I/O. */
  status() {
    return (this.#broker?.status().subscriptions ?? []).map(({ name, state, held }) => ({
      ...{ name, state },
      lag: held.reduce((most, { lag }) => Math.max(most, lag.numbers), 0),
      parked: held.reduce((sum, { parked }) => sum + parked, 0),
    }));
  }

  /** What keeps the background work from being done, if anything does. No I/O. */
  get problem(): string | undefined {
    if (this.#broker === undefined) return "The broker is not started.";
    const { problem, subscriptions } = this.#broker.health();
    return problem ?? subscriptions.find(({ isHealthy }) => !isHealthy)?.problem;
  }
}
