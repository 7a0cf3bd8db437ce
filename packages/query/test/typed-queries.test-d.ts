import type { JsonValue } from "@eventfold/types";
import { expectTypeOf } from "vitest";
import type { Clause, FunctionCall, Path, QueryDocument, SearchQuery, ValueAt } from "../src/index.ts";
import {
  and,
  call,
  defineFunction,
  filter,
  keysetPage,
  not,
  or,
  parseQuery,
  path,
  searchDocuments,
  similarity,
  sortBy,
} from "../src/index.ts";

interface Tree {
  readonly label: string;
  readonly children: readonly Tree[];
  readonly parent?: Tree | undefined;
}

interface Account {
  owner: { city: string; since: Date };
  balance: number;
  status: "open" | "closed";
  isVip?: boolean;
  nickname: string | null;
  tags: string[];
  items: { sku: string; price: number }[];
  pair: [number, string];
  limits: Record<string, number>;
  contact: { kind: "mail"; address: string } | { kind: "phone"; number: number } | null;
  tree: Tree;
  anything: unknown;
  json: JsonValue;
  greet(): string;
}

type AccountDocument = QueryDocument<Account, { events: number }>;

declare function search(query: SearchQuery<AccountDocument>): void;

// Paths: members, indexes, optional members, unions, records, recursion.
search({
  filters: [
    filter("id", "equal", "acc-1"),
    filter("source.kind", "equal", "stream"),
    filter("metadata.events", "greater_than", 3),
    filter("state.owner.city", "equal", "Lagos"),
    filter("state.owner.since", "less_than", "2026"),
    filter("state.isVip", "equal", true),
    filter("state.nickname", "equal", null),
    filter("state.items.0.price", "less_than_or_equal", 9.5),
    filter("state.pair.1", "equal", "right"),
    filter("state.limits.daily", "greater_than", 5),
    filter("state.contact.address", "starts_with", "ann@"),
    filter("state.contact.number", "equal", 4),
    filter("state.tree.children.0.children.1.parent.parent.label", "regex_matches", "^a"),
    filter("state.anything.at.all", "equal", [1, { two: null }]),
    filter("state.json.at.all", "contains", 1),
    filter(path("state", "items", 0, "sku"), "in", ["a", null]),
    filter(path.unchecked("state", "nowhere"), "equal", 5),
  ],
  sort: [sortBy("state.balance", "desc"), sortBy(path("state", "owner", "city"), "asc", { nulls: "first" })],
  paging: keysetPage({ size: 20, after: undefined }),
});

// Operands.
search({
  filters: [
    filter("state.tags", "contains", "vip"),
    filter("state.items", "contains", { sku: "a", price: 1 }),
    filter("state.tags", "equal", ["vip"]),
    filter("state.status", "not_in", ["open"]),
    filter("state.status", "greater_than", "c"),
    filter("state.isVip", "exists"),
    or(and(filter("state.balance", "equal", 1)), not(filter("state.owner", "equal", { city: "a", since: "b" }))),
  ],
});

// A misspelt path does not compile, wherever it appears.
// @ts-expect-error
search({ filters: [filter("state.balence", "equal", 1)] });
// @ts-expect-error
search({ filters: [or(not(filter("state.owner.town", "equal", "Lagos")))] });
// @ts-expect-error
search({ filters: [filter("stat.balance", "equal", 1)] });
// @ts-expect-error
search({ filters: [filter("id.length", "equal", 1)] });
// @ts-expect-error
search({ filters: [filter("state.items.price", "equal", 1)] });
// @ts-expect-error
search({ filters: [filter("state.pair.2", "equal", 1)] });
// @ts-expect-error
search({ filters: [filter("state.greet", "equal", 1)] });
// @ts-expect-error
search({ filters: [filter("state.owner.since.getTime", "equal", 1)] });
// @ts-expect-error
search({ filters: [filter("state.tree.children.0.lable", "equal", "a")] });
// @ts-expect-error
search({ filters: [filter(path("state", "items", "0", "sku"), "equal", "a")] });
// @ts-expect-error
search({ sort: [sortBy("state.balence")] });
// @ts-expect-error
search({ sort: [sortBy(path("state", "balence"))] });
// @ts-expect-error
search({ filters: [filter("state.balance" as string, "equal", 1)] });
// @ts-expect-error
path(...(["state", "x"] as string[]));

// A value of the wrong type does not compile.
// @ts-expect-error
search({ filters: [filter("state.balance", "equal", "1")] });
// @ts-expect-error
search({ filters: [filter("state.status", "equal", "opne")] });
// @ts-expect-error
search({ filters: [filter("state.balance", "starts_with", "1")] });
// @ts-expect-error
search({ filters: [filter("state.owner", "greater_than", 1)] });
// @ts-expect-error
search({ filters: [filter("state.balance", "in", 1)] });
// @ts-expect-error
search({ filters: [filter("state.balance", "in", ["1"])] });
// @ts-expect-error
search({ filters: [filter("state.balance", "contains", 1)] });
// @ts-expect-error
search({ filters: [filter("state.tags", "contains", 1)] });
// @ts-expect-error
search({ filters: [filter("state.balance", "exists", true)] });
// @ts-expect-error
search({ filters: [filter("state.balance", "equal")] });
// @ts-expect-error
search({ filters: [filter("state.balance", "is", 1)] });
// @ts-expect-error
search({ filters: [filter("state.owner.since", "less_than", new Date())] });
// @ts-expect-error
search({ filters: [filter(path("state", "items", 0, "sku"), "equal", 1)] });

// Clauses kept in variables: annotated they are checked there, otherwise where they are used.
const annotated: Clause<AccountDocument> = filter("state.balance", "greater_than", 1);
search({ filters: [annotated] });
// @ts-expect-error
const misspelt: Clause<AccountDocument> = filter("state.balence", "greater_than", 1);
const loose = filter("state.whatever.0", "equal", 1);
// @ts-expect-error
search({ filters: [loose] });
const rich = filter("state.balance", "greater_than", 1);
const open = filter("state.status", "equal", "open");
const opne = filter("state.status", "in", ["open", "opne"]);
const kept = {
  filters: [
    rich,
    open,
    filter("state.nickname", "equal", null),
    filter("state.isVip", "exists"),
    filter("state.items.0.price", "less_than", 5),
    filter("state.tags", "contains", "vip"),
    filter("state.owner.city", "regex_matches", "^L"),
    filter("state.limits.daily", "greater_than", 5),
    filter(path("state", "pair", 1), "equal", "right"),
    filter("state.json.at.all", "contains", 1),
    filter("source.kind", "equal", "stream"),
    and(rich, or(open, not(rich)), annotated),
    and(),
    or(),
  ],
  sort: [sortBy("state.balance", "desc"), sortBy(path("state", "owner", "city"))],
};
search(kept);
search({ filters: [and(rich, filter("state.owner.city", "equal", "Lagos"))] });
const clausesKept = [rich, open];
search({ filters: clausesKept });
search({ filters: [or(...clausesKept)] });
// @ts-expect-error
search({ filters: [opne] });
// @ts-expect-error
search({ filters: [rich, not(opne)] });
// @ts-expect-error
search({ filters: [and(rich, filter("state.owner.town", "equal", "Lagos"))] });
const nested = or(rich, and(open, not(opne)));
// @ts-expect-error
search({ filters: [nested] });
const ofText = filter("state.balance", "starts_with", "1");
// @ts-expect-error
search({ filters: [ofText] });
const byBalence = sortBy("state.balence");
// @ts-expect-error
search({ sort: [byBalence] });
const expected: Clause<AccountDocument>[] = [rich];
// @ts-expect-error
expected.push(opne);
const unknownPath = filter(String("state.balance"), "equal", 1);
// @ts-expect-error
search({ filters: [unknownPath] });
declare const anyClause: Clause;
const withAny = and(rich, anyClause);
// @ts-expect-error
search({ filters: [withAny] });
// @ts-expect-error
filter("state.balance", "exists", 1);
// @ts-expect-error
filter("state.balance", "greater_than", { amount: 1 });
// @ts-expect-error
and(rich, 5);
search(parseQuery({}));
// @ts-expect-error
filter("status", "equal", 1);
filter("state.status" as string, "equal", 1);
declare const anywhere: Clause<unknown>;
search({ filters: [anywhere, misspelt, and(anywhere, rich), and(anywhere)] });

// Functions.
const wordCount = defineFunction({
  name: "word_count",
  parameters: ["path", "number"],
  result: "number",
  evaluate: (text, least) => {
    expectTypeOf(text).toEqualTypeOf<JsonValue>();
    expectTypeOf(least).toEqualTypeOf<number>();
    return typeof text === "string" ? text.length - least : null;
  },
});
search({
  filters: [
    filter(similarity("state.owner.city", "lagos"), "greater_than", 0.3),
    filter(similarity("state.nickname", "lagos"), "greater_than", 0.3),
    filter(call(wordCount, "state.owner.city", 1), "in", [1, 2]),
  ],
  sort: [sortBy(similarity("state.owner.city", "lagos"), "desc"), sortBy(call(wordCount, path("state", "status"), 1))],
});
// @ts-expect-error
search({ filters: [filter(similarity("state.owner.town", "lagos"), "greater_than", 0.3)] });
// @ts-expect-error
search({ filters: [filter(similarity("state.balance", "lagos"), "greater_than", 0.3)] });
// @ts-expect-error
search({ filters: [filter(similarity("state.owner.city", "lagos"), "greater_than", "0.3")] });
// @ts-expect-error
search({ filters: [filter(call(wordCount, "state.owner.town", 1), "equal", 1)] });
// @ts-expect-error
search({ filters: [filter(call(wordCount, "state.owner.city", "1"), "equal", 1)] });
// @ts-expect-error
search({ filters: [filter(call(wordCount, "state.owner.city"), "equal", 1)] });
// @ts-expect-error
search({ sort: [sortBy(similarity("state.owner.town", "lagos"))] });
// @ts-expect-error
defineFunction({ name: "bad", parameters: ["path"], result: "number", evaluate: () => "text" });

const likeness = similarity("state.owner.city", "lagos");
const likenessOfTown = similarity("state.owner.town", "lagos");
const words = call(wordCount, "state.owner.city", 1);
const wordsOfTown = call(wordCount, "state.owner.town", 1);
const alike = filter(likeness, "greater_than", 0.3);
search({
  filters: [alike, filter(likeness, "less_than", 0.9), filter(words, "in", [1, 2])],
  sort: [sortBy(likeness, "desc"), sortBy(words)],
});
// @ts-expect-error
search({ filters: [filter(likenessOfTown, "greater_than", 0.3)] });
const alikeTown = filter(likenessOfTown, "greater_than", 0.3);
// @ts-expect-error
search({ filters: [alikeTown] });
// @ts-expect-error
search({ sort: [sortBy(wordsOfTown)] });
// @ts-expect-error
filter(likeness, "greater_than", "0.3");
const unchecked: FunctionCall<never, number> = likenessOfTown;
const ofUnchecked = filter(unchecked, "equal", 1);
// @ts-expect-error
search({ filters: [ofUnchecked] });
searchDocuments([] as readonly QueryDocument[], { filters: [alikeTown, filter(unchecked, "equal", 1)] });
expectTypeOf(path("state", "items", 0)).toEqualTypeOf<Path<readonly ["state", "items", 0]>>();
expectTypeOf<ValueAt<AccountDocument, "state.tree.children.3.parent">>().toEqualTypeOf<Tree | undefined>();
expectTypeOf<ValueAt<AccountDocument, "state.nope">>().toEqualTypeOf<never>();

// Documents whose state is unknown check nothing; others check what they are given.
declare const unknownDocuments: readonly QueryDocument[];
declare const accountDocuments: readonly AccountDocument[];
searchDocuments(unknownDocuments, { filters: [loose] });
searchDocuments(accountDocuments, { filters: [filter("state.balance", "equal", 1)] });
// @ts-expect-error
searchDocuments(accountDocuments, { filters: [filter("state.balence", "equal", 1)] });
expectTypeOf(searchDocuments(accountDocuments, {}).items).toEqualTypeOf<readonly AccountDocument[]>();
