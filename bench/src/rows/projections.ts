import { filter, keysetPage, offsetPage, type SearchQuery, sortBy } from "@eventfold/query";
import type { Candidate, Row } from "../candidate.ts";
import { growthRow } from "../growth-row.ts";
import { msEach } from "../limits.ts";
import { type Load, timeBoxed } from "../load.ts";
import { meteredRow } from "../processor-time.ts";
import { type AccountDatabase, type OpenAccounts, PAGE_SIZE } from "../projections/account-database.ts";
import { FilledAccounts } from "../projections/filled-accounts.ts";
import { openPostgresAccounts } from "../projections/postgres-accounts.ts";
import { ACCOUNT, sampleAccount, sampleBalance, sampleCity } from "../projections/sample-accounts.ts";
import { openSqliteAccounts } from "../projections/sqlite-accounts.ts";

/** Rows about many projections, and what to do when all of them have run. */
export interface ProjectionRows {
  readonly rows: readonly Row[];
  dispose(): Promise<void>;
}

/** "Answers in milliseconds." */
const MOST_MS = 10;
const ONE: Load = { callers: 1, unitsPerCall: 1, forMs: 500 };
const SAVED = 1_000;
const SAVES: Load = { callers: 1, unitsPerCall: SAVED, forMs: 1_500 };

/** The rows of each database, with so many projections in it. */
export function projectionRows(count: number): ProjectionRows {
  const sqlite = { name: "SQLite", open: openSqliteAccounts, filled: new FilledAccounts(openSqliteAccounts, count) };
  const postgres = {
    name: "PostgreSQL",
    open: openPostgresAccounts,
    filled: new FilledAccounts(openPostgresAccounts, count),
  };
  const databases = [sqlite, postgres];
  const rows = databases.flatMap(({ name, open, filled }) => [
    saveRow(name, open),
    saveGrowthRow(name, open),
    ...searchRows(name, filled),
  ]);
  return {
    rows: [...rows, ...searchTimeRows(postgres.filled)],
    async dispose() {
      for (const { filled } of databases) await filled.dispose();
    },
  };
}

function saveRow(database: string, open: OpenAccounts): Row {
  const against = "raw multi-row upsert";
  return {
    group: `projections ${database}`,
    work: `${database}, saveMany of ${SAVED}`,
    unit: "projections",
    candidates: [
      saving({ name: "eventfold", open, save: throughStore }),
      saving({ name: against, open, save: ({ raw }, accounts) => raw.upsert(accounts) }),
    ],
    targets: [{ against, leastRatio: 0.8 }],
  };
}

function saveGrowthRow(database: string, open: OpenAccounts): Row {
  return growthRow({
    group: `projections ${database}`,
    work: `${database}, saveMany of ${SAVED}`,
    unit: "projections",
    candidate: (name, stored) => saving({ name, open, save: throughStore, stored }),
  });
}

type Accounts = readonly ReturnType<typeof sampleAccount>[];

/** How a candidate saves. */
interface Saving {
  readonly name: string;
  readonly open: OpenAccounts;
  readonly save: (database: AccountDatabase, accounts: Accounts) => Promise<unknown>;
  /** How many accounts there are. Default: ten batches. */
  readonly stored?: number;
}

const throughStore: Saving["save"] = ({ store }, accounts) => store.saveMany(accounts);

/** Batch after batch, in the order of the ids: all accounts are inserted at first, and replaced from then on. */
function saving({ name, open, save, stored = SAVED * 10 }: Saving): Candidate {
  return {
    name,
    async start() {
      const database = await open({ isIndexed: false });
      let saved = 0;
      const next = (): Promise<unknown> => {
        const accounts = Array.from({ length: SAVED }, () => sampleAccount(saved++ % stored, stored));
        return save(database, accounts);
      };
      while (saved < stored) await next();
      return { measure: () => timeBoxed(SAVES, next), dispose: () => database.dispose() };
    },
  };
}

function searchRows(name: string, filled: FilledAccounts): readonly Row[] {
  const pageNumber = Math.min(10_000, Math.max(1, Math.floor(filled.count / PAGE_SIZE / 2)));
  const row = (what: string, candidates: Both): Row => ({
    group: `projections ${name}`,
    work: `${name}, ${filled.count.toLocaleString("en-US")} projections, ${what}`,
    unit: "answers",
    candidates,
    targets: [],
    limits: [msEach(MOST_MS)],
  });
  const both = (own: AnswerTo, raw: AnswerTo): Both => bothAnswering(filled, own, raw);
  const cityOf = (n: number): string => sampleCity(n, filled.count);
  const inCity = (n: number) => [filter("state.owner.city", "equal", cityOf(n))];
  const balanceOf = (n: number): number => sampleBalance(n % filled.count);
  return [
    row("search by an indexed path", searchByPath(filled)),
    row(
      "lookup by an indexed path",
      both(
        async ({ store }) =>
          (n) =>
            store.lookup({ filters: [filter("state.balance", "equal", balanceOf(n))] }, ACCOUNTS),
        async ({ raw }) =>
          (n) =>
            raw.ofBalance(balanceOf(n)),
      ),
    ),
    row("keyset page 1", firstPage(filled)),
    row(
      `keyset page ${pageNumber.toLocaleString("en-US")}`,
      both(
        async (database) => {
          const { next } = await pageBefore(database, pageNumber);
          return () => database.store.search(pageAfter(next), ACCOUNTS);
        },
        async (database) => {
          const { last } = await pageBefore(database, pageNumber);
          return () => database.raw.page(last);
        },
      ),
    ),
    row(
      "count of an indexed filter",
      both(
        async ({ store }) =>
          (n) =>
            store.count({ filters: inCity(n) }, ACCOUNTS),
        async ({ raw }) =>
          (n) =>
            raw.countOfCity(cityOf(n)),
      ),
    ),
  ];
}

/** How long processors are busy with a search, in the client and in the server. */
function searchTimeRows(filled: FilledAccounts): readonly Row[] {
  const row = (what: string, [own, raw]: Both) => meteredRow({ what, unit: "answers", own, raw, limits: [] });
  return [row("search by an indexed path", searchByPath(filled)), row("keyset page 1", firstPage(filled))];
}

function searchByPath(filled: FilledAccounts): Both {
  const cityOf = (n: number): string => sampleCity(n, filled.count);
  const paging = keysetPage({ size: PAGE_SIZE });
  return bothAnswering(
    filled,
    async ({ store }) =>
      (n) =>
        store.search({ filters: [filter("state.owner.city", "equal", cityOf(n))], paging }, ACCOUNTS),
    async ({ raw }) =>
      (n) =>
        raw.ofCity(cityOf(n)),
  );
}

function firstPage(filled: FilledAccounts): Both {
  return bothAnswering(
    filled,
    async ({ store }) =>
      () =>
        store.search(pageAfter(undefined), ACCOUNTS),
    async ({ raw }) =>
      () =>
        raw.page(undefined),
  );
}

const ACCOUNTS = { name: ACCOUNT };
const SORT = [sortBy("state.balance", "desc")] as const;

function pageAfter(after: string | undefined): SearchQuery<never> {
  return { sort: SORT, paging: keysetPage({ size: PAGE_SIZE, after }) } as SearchQuery<never>;
}

/** Where a page begins: the cursor, and the row at which it is. */
async function pageBefore({ store }: AccountDatabase, number: number) {
  if (number === 1) return { next: undefined, last: undefined };
  const paging = offsetPage({ number: number - 1, size: PAGE_SIZE });
  const { items, next } = await store.search({ sort: SORT, paging } as SearchQuery<never>, ACCOUNTS);
  const last = items.at(-1);
  if (last === undefined) throw new RangeError(`There is no page ${number}.`);
  return { next, last: { id: last.id, balance: Number((last.state as { balance: unknown }).balance) } };
}

/** Prepares to answer the question of a number. */
type AnswerTo = (database: AccountDatabase) => Promise<(n: number) => Promise<unknown>>;

/** What is asked through the store and in raw SQL. */
type Both = readonly [Candidate, Candidate];

function bothAnswering(filled: FilledAccounts, own: AnswerTo, raw: AnswerTo): Both {
  return [answering("eventfold", filled, own), answering("raw SQL", filled, raw)];
}

function answering(name: string, filled: FilledAccounts, answerTo: AnswerTo): Candidate {
  return {
    name,
    async start() {
      const answer = await answerTo(await filled.database());
      let asked = 0;
      return { measure: () => timeBoxed(ONE, () => answer(asked++ * 31)), dispose: async () => {} };
    },
  };
}
