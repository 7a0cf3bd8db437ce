import type { Projection, ProjectionStore } from "@eventfold/projections";
import type { Account } from "./sample-accounts.ts";

/** What raw SQL answers, with indexes of its own on the same table. Pages have 20 rows, from the highest balance down. */
export interface RawAccounts {
  /** Inserts accounts or replaces them, in one statement. */
  upsert(accounts: readonly Projection<Account, null>[]): Promise<void>;
  /** Creates the indexes that a developer would. */
  createIndexes(): Promise<void>;
  ofCity(city: string): Promise<readonly Account[]>;
  ofBalance(balance: number): Promise<readonly Account[]>;
  page(after: { readonly balance: number; readonly id: string } | undefined): Promise<readonly Account[]>;
  countOfCity(city: string): Promise<number>;
}

/** A database with the adapter's own table, and two ways to use it. */
export interface AccountDatabase {
  readonly store: ProjectionStore;
  readonly raw: RawAccounts;
  /** What has to be done after a bulk load, as the manual says. */
  afterFill(): Promise<void>;
  dispose(): Promise<void>;
}

/** How a database is made: with indexes on the city and the balance, or without any on paths. */
export type OpenAccounts = (options: { readonly isIndexed: boolean }) => Promise<AccountDatabase>;

/** The paths that are indexed. */
export const ACCOUNT_INDEXES = [
  { projection: "account", path: "state.owner.city" },
  { projection: "account", path: "state.balance" },
] as const;

/** The rows of a page. */
export const PAGE_SIZE = 20;
