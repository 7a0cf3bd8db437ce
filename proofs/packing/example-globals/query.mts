// What the examples of queries take for granted: projections of bank accounts, at hand and in a store that searches them.
import type {
  Dialect,
  LookupQuery,
  Page,
  PathSegment,
  QueryDocument,
  QueryFunction,
  SearchPlan,
  SearchQuery,
  Sort,
} from "@eventfold/query";

interface Account {
  readonly owner: string;
  readonly email: string;
  readonly title: string;
  readonly balance: number;
}

type AccountDocument = QueryDocument<Account>;

declare global {
  const document: AccountDocument;
  const documents: readonly AccountDocument[];
  const accounts: {
    search(query: SearchQuery): Promise<Page<AccountDocument>>;
    lookup(query: LookupQuery): Promise<AccountDocument | undefined>;
  };
  const sort: readonly Sort[];
  const plan: SearchPlan;
  const dialect: Dialect<string, string>;
  const wordCount: QueryFunction<readonly ["string"], "number">;

  const error: unknown;
  const body: string;
  const request: { readonly body: string };
  const segmentsFromUser: readonly PathSegment[];
  const value: string;
  const statement: { readonly sql: string };

  function translate(plan: SearchPlan): { readonly sql: string };
  function fetchDocuments(statement: { readonly sql: string }): Promise<readonly AccountDocument[]>;
  function showFirstPage(): void;
}
