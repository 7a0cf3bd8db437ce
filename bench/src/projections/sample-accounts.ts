import type { Projection } from "@eventfold/projections";

/** A state of about 250 bytes of JSON, of the shape that applications have. */
export interface Account {
  readonly owner: { readonly name: string; readonly city: string; readonly street: string };
  readonly balance: number;
  readonly currency: string;
  readonly tags: readonly string[];
  readonly openedAt: string;
  readonly closedAt: null;
  readonly note: string;
}

/** What projections of accounts are called. */
export const ACCOUNT = "account";

/** How many accounts there are to a city. */
const CITY_SIZE = 1_000;

/** A city that some thousand accounts are in. */
export function sampleCity(n: number, accounts: number): string {
  return `city ${n % Math.max(1, Math.floor(accounts / CITY_SIZE))}`;
}

/** A balance that hardly any two accounts share, in no order. */
export function sampleBalance(n: number): number {
  return ((n * 7_919_993) % 100_000_007) / 100;
}

/** The account of a number, of so many. */
export function sampleAccount(n: number, accounts: number): Projection<Account, null> {
  const id = `account-${String(n).padStart(8, "0")}`;
  return {
    id,
    name: ACCOUNT,
    source: { kind: "stream", category: "accounts", stream: id },
    state: {
      owner: { name: `Owner ${n}`, city: sampleCity(n, accounts), street: `Long Street ${n % 97}` },
      balance: sampleBalance(n),
      currency: "EUR",
      tags: n % 3 === 0 ? ["vip", "newsletter"] : ["newsletter"],
      openedAt: "2026-01-17T08:00:00.000Z",
      closedAt: null,
      note: "opened at the counter",
    },
    metadata: null,
    lastSequenceNumber: n + 1,
    projectorVersion: 1,
  };
}
