import { isForgotten } from "@eventfold/events";
import type { ProjectionStore } from "@eventfold/projections";
import { filter, keysetPage } from "@eventfold/query";
import type { EventCategory } from "@eventfold/store";
import type { AccountEvents } from "../domain/account.ts";
import type { CustomerEvents } from "../domain/customer.ts";
import { Refusal } from "../domain/refusal.ts";
import { standingOrder } from "../domain/standing-order.ts";
import {
  type AccountSearch,
  accountQuery,
  type BalanceProjector,
  EMPTY_REPORT,
  listingProjector,
  RICH_LIST,
  reportProjector,
} from "./read-models.ts";
import { type AsOf, statementOf } from "./statement.ts";

/** What is read from. */
export interface ReadingsOptions {
  readonly accounts: EventCategory<AccountEvents>;
  readonly customers: EventCategory<CustomerEvents>;
  readonly projectionStore: ProjectionStore;
  readonly balance: BalanceProjector;
}

/** Answers what is asked about the bank. What is not there rejects with a {@link Refusal}. */
export class Readings {
  readonly #options: ReadingsOptions;

  constructor(options: ReadingsOptions) {
    this.#options = options;
  }

  /** From the events: a forgotten customer has no name in the same moment. */
  async customer(id: string) {
    const [event] = await this.#options.customers.stream(id).read({ limit: 1 });
    if (event?.name !== "customer-registered") throw new Refusal("UNKNOWN_CUSTOMER", `There is no customer ${id}.`);
    const { name, email, city } = event.payload;
    if (isForgotten(name) || isForgotten(email)) return { id, name: null, email: null, city, forgotten: true };
    return { id, name, email, city, forgotten: false };
  }

  /** From the projection that every publish keeps up to date. */
  async account(id: string, ifUnknown: "UNKNOWN_ACCOUNT" | "UNKNOWN_RECIPIENT" = "UNKNOWN_ACCOUNT") {
    const { projectionStore, balance: projector } = this.#options;
    const found = await projectionStore.of(projector).load({ id });
    if (found === undefined) throw new Refusal(ifUnknown, `There is no account ${id}.`);
    return { id, ...found.state };
  }

  async accountWithOwner(id: string) {
    const account = await this.account(id);
    const { name: owner } = await this.customer(account.customer);
    return { ...account, owner };
  }

  /** Folded from the events when it is asked for, which any time in the past can be. */
  async statement(id: string, asOf?: AsOf) {
    await this.account(id);
    return statementOf(this.#options.accounts.stream(id), asOf);
  }

  /** A page of accounts, by number. @throws `InvalidCursorError` for an `after` that is not `next` of the same search. */
  async search({ limit, after, ...search }: AccountSearch & { limit: number; after?: string | undefined }) {
    const query = { ...accountQuery(search), paging: keysetPage({ size: limit, after }) };
    const { items, next } = await this.#options.projectionStore.of(listingProjector).search(query);
    return { items: items.map(({ id, state: { foldedOwner, ...state } }) => ({ id, ...state })), next: next ?? null };
  }

  async richList(limit: number) {
    const query = { ...RICH_LIST, paging: keysetPage({ size: limit }) };
    const { items } = await this.#options.projectionStore.of(listingProjector).search(query);
    return items.map(({ id, state: { owner, balance } }) => ({ id, owner, balance }));
  }

  async report(month: string) {
    const report = await this.#options.projectionStore.of(reportProjector).load({ id: month });
    return { month, ...(report?.state ?? EMPTY_REPORT) };
  }

  async ordersOf(account: string) {
    await this.account(account);
    const query = { filters: [filter("state.account", "equal", account)] };
    const { items } = await this.#options.projectionStore.of(standingOrder.projector).search(query);
    return items.map(({ state: { order: id, to, amount, every, next } }) => ({
      ...{ id, to, amount, every, next },
      cancelled: next === null,
    }));
  }

  /** The standing orders whose time has come. */
  ordersToFallDue(now: Date) {
    const filters = [filter("state.next", "less_than_or_equal", now.toISOString()), filter("state.due", "equal", null)];
    return this.#options.projectionStore.of(standingOrder.projector).all({ filters });
  }
}
