import { inlineProjection, type Projection, ProjectionStore, projectorFor } from "@eventfold/projections";
import { filter, keysetPage, not, offsetPage, path, type SearchQuery, sortBy } from "@eventfold/query";
import { EventStore } from "@eventfold/store";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DATABASES, type OpenedDatabase } from "../src/databases.ts";

type Counted = { counted: { n: number } };

function document(id: string, state: unknown): Projection {
  const source = { kind: "stream", category: "things", stream: id } as const;
  return { id, name: "thing", source, state, metadata: null, lastSequenceNumber: 1, projectorVersion: 1 };
}

const untyped = (query: unknown): SearchQuery<never> => query as SearchQuery<never>;
const clause = (own: object): SearchQuery<never> =>
  untyped({ filters: [{ kind: "filter", field: "state.n", ...own }] });

/** `not(not(not(…)))`, which no factory would make so deep. */
function nested(depth: number): object {
  let inner: object = { kind: "filter", field: "state.n", operator: "exists" };
  for (let level = 0; level < depth; level++) inner = { kind: "not", clause: inner };
  return inner;
}

const REFUSED: readonly (readonly [string, SearchQuery<never>, string])[] = [
  ["an unknown operator", clause({ operator: "greater", value: 1 }), "INVALID_QUERY"],
  ["a member of every object as an operator", clause({ operator: "constructor", value: 1 }), "INVALID_QUERY"],
  ["an unknown clause", untyped({ filters: [{ kind: "xor", clauses: [] }] }), "INVALID_QUERY"],
  [
    "an unknown function",
    clause({ field: { kind: "function", name: "pg_sleep", arguments: [] }, operator: "equal", value: 1 }),
    "INVALID_QUERY",
  ],
  ["an unknown field", clause({ field: "payload.n", operator: "equal", value: 1 }), "INVALID_QUERY"],
  ["the prototype as a field", clause({ field: "__proto__.n", operator: "equal", value: 1 }), "INVALID_QUERY"],
  ["a filter nested 10,000 deep", untyped({ filters: [nested(10_000)] }), "INVALID_QUERY"],
  ["a value nested 10,000 deep", clause({ operator: "equal", value: nested(10_000) }), "INVALID_QUERY"],
  ...[0, -1, 1.5, 1e9, Number.NaN].flatMap((size): [string, SearchQuery<never>, string][] => [
    [`a keyset page of ${size}`, untyped({ paging: { kind: "keyset", size } }), "INVALID_QUERY"],
    [`an offset page of ${size}`, untyped({ paging: { kind: "offset", number: 1, size } }), "INVALID_QUERY"],
    [`page number ${size}`, untyped({ paging: { kind: "offset", number: size, size: 1.5 } }), "INVALID_QUERY"],
  ]),
  ["a look-ahead", clause({ operator: "regex_matches", value: "(?=a)" }), "UNSUPPORTED_REGEX"],
  ["a back-reference", clause({ operator: "regex_matches", value: "(a)\\1" }), "UNSUPPORTED_REGEX"],
  ["a pattern that explodes", clause({ operator: "regex_matches", value: "((a{99}){99}){99}" }), "UNSUPPORTED_REGEX"],
  ["a pattern that does not end", clause({ operator: "regex_matches", value: "(a" }), "UNSUPPORTED_REGEX"],
  ["a pattern that costs too much", clause({ operator: "regex_matches", value: "^(?:.?){255}$" }), "UNSUPPORTED_REGEX"],
];

describe.each(DATABASES)("bad input on $name", ({ open }) => {
  let database: OpenedDatabase;
  let store: ProjectionStore;
  beforeAll(async () => {
    database = await open();
    store = new ProjectionStore({ adapter: database.projections });
  });
  afterAll(async () => {
    await database.projections.close();
    await database.events.close();
    await database.stop();
  });
  beforeEach(async () => {
    await store.clear("thing");
    await store.saveMany([1, 2, 3].map((n) => document(`t-${n}`, { n, text: `${"a".repeat(20_000)}!` })));
  });

  it.each(REFUSED)("is refused, and harms nothing: %s", async (_, query, code) => {
    const { paging, ...filters } = query;
    await expect(store.search(query)).rejects.toMatchObject({ code });
    if (paging === undefined) {
      await expect(store.lookup(filters)).rejects.toMatchObject({ code });
      await expect(store.count(filters)).rejects.toMatchObject({ code });
    }
    expect(await store.count()).toBe(3);
  });

  it("finds nothing on the prototypes of values, and what a state really holds", async () => {
    const odd = JSON.parse('{"__proto__": {"n": 1}, "constructor": {"name": "x"}, "toString": 5}') as unknown;
    await store.save(document("odd", odd));
    const found = async (...segments: (string | number)[]) => {
      const field = path.unchecked("state", ...segments);
      return (await store.search({ filters: [filter(field, "exists") as never] })).items.map(({ id }) => id);
    };
    expect(await found("__proto__", "n")).toEqual(["odd"]);
    expect(await found("__proto__")).toEqual(["odd"]);
    expect(await found("constructor", "name")).toEqual(["odd"]);
    expect(await found("toString")).toEqual(["odd"]);
    expect(await found("hasOwnProperty")).toEqual([]);
    expect(await found("text", "length")).toEqual([]);
    expect(await found("text", 0)).toEqual([]);
    expect(({} as { n?: unknown }).n).toBeUndefined();
  });

  it("refuses cursors that are forged, cut, or of another query", async () => {
    const sort = [sortBy("state.n" as never)];
    const { next = "" } = await store.search({ sort, paging: keysetPage({ size: 1 }) });
    const after = (cursor: string, own: object = {}) =>
      store.search(untyped({ sort, ...own, paging: { kind: "keyset", size: 1, after: cursor } }));
    expect((await after(next)).items.map(({ id }) => id)).toEqual(["t-2"]);
    const last = next.at(-1) === "A" ? "B" : "A";
    const forged = [
      next.slice(0, -1),
      next.slice(1),
      `${next.slice(0, -1)}${last}`,
      `${next}A`,
      "null",
      "e30",
      "💥",
      "",
    ];
    for (const cursor of forged) {
      await expect(after(cursor), cursor).rejects.toMatchObject({
        code: expect.stringMatching(/^INVALID_(CURSOR|QUERY)$/),
      });
    }
    const others = [
      { sort: [sortBy("state.n" as never, "desc")] },
      { sort: [] },
      { filters: [filter("state.n" as never, "exists")] },
    ];
    for (const own of others) await expect(after(next, own)).rejects.toMatchObject({ code: "INVALID_CURSOR" });
  });

  // Where matching backtracked, this would not end before the test's time is over.
  it.each(["(a+)+$", "(a|a)*b", "(a|aa)+$", "(.*){20}x", "(?:a?){80}a{200}b"])(
    "matches a catastrophic pattern as any other: %s",
    async (pattern) => {
      const filters = [filter("state.text" as never, "regex_matches", pattern as never)];
      expect(await store.count({ filters })).toBe(0);
      expect(await store.count({ filters: [not(filters[0] as never)] })).toBe(3);
    },
  );

  it("keeps a state of 16 MB", async () => {
    const text = '"\\€😀'.repeat(2 ** 21); // 4 code points, 10 bytes: 20 MB of UTF-8, and more as JSON.
    await store.save(document("large", { text }));
    const stored = await store.load({ name: "thing", id: "large" });
    expect(JSON.stringify(stored?.state) === JSON.stringify({ text })).toBe(true); // Not printed when it fails.
    const { items } = await store.search({
      filters: [filter("id", "equal", "large")],
      paging: offsetPage({ number: 1, size: 1 }),
    });
    expect(items.map(({ id }) => id)).toEqual(["large"]);
  });

  const broken = new Error("the projector is broken");
  it.each<[string, (state: { n: number }) => unknown, object]>([
    [
      "throws",
      () => {
        throw broken;
      },
      broken,
    ],
    ["returns undefined", () => undefined, { code: "INVALID_PROJECTION", path: 'handlers["counted"]' }],
    ["returns a promise", async (state) => state, { code: "INVALID_PROJECTION" }],
    ["changes its input", (state) => Object.assign(state, { n: 5 }), { name: "TypeError" }],
    ["makes what JSON would change", () => ({ n: Number.NaN }), { code: "INVALID_PROJECTION", path: "state.n" }],
  ])("lets nothing be published past a projector that %s", async (title, handler, error) => {
    const projector = projectorFor<{ n: number }, Counted>()({
      name: `broken ${title}`,
      initialState: () => ({ n: 0 }),
      handlers: { counted: handler as (state: { n: number }) => { n: number } },
    });
    const inline = [inlineProjection({ projector, store, category: "counters" })];
    const events = new EventStore({ adapter: database.events, inline });
    const stream = events.stream<Counted>({ category: "counters", stream: title });
    const publish = stream.publish({ events: [{ name: "counted", payload: { n: 1 } }] });
    if (error === broken) await expect(publish).rejects.toBe(broken);
    else await expect(publish).rejects.toMatchObject(error);
    expect(await stream.latest()).toBeUndefined();
    expect(await store.count({}, { name: projector.name })).toBe(0);
    await new EventStore({ adapter: database.events })
      .stream<Counted>({ category: "counters", stream: title })
      .publish({ events: [{ name: "counted", payload: { n: 1 } }] });
    await expect(projector.project(stream, { snapshots: { store, every: 1 } })).rejects.toThrow();
    expect(await store.count({}, { name: projector.name })).toBe(0);
  });
});
