import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { similarityOf } from "@eventfold/query";
import { texts } from "@eventfold/testing/arbitraries";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queryRows } from "../query-rows.ts";
import { testServer } from "../test-server.ts";

const { connectionString } = await testServer();
await (await PostgresProjectionStorageAdapter.open({ connectionString })).close();

const ascii = fc.oneof(
  fc.string({ unit: "grapheme-ascii", maxLength: 30 }),
  fc
    .array(fc.constantFrom("ab", "Abc", "abcd", " ", "-", "_", "1", "12"), { maxLength: 8 })
    .map((parts) => parts.join("")),
);

const OURS = `select eventfold.projections_similarity(to_jsonb(l), r)
  from unnest($1::text[], $2::text[]) with ordinality t(l, r, n) order by n`;

function sampled<T>(texts: fc.Arbitrary<T>, count: number): readonly T[] {
  return fc.sample(texts, count);
}

describe("similarity in SQL", () => {
  it("is the number that pg_trgm has, on 5,000 pairs of ASCII texts", async () => {
    await queryRows(connectionString, "create extension pg_trgm");
    const pairs = sampled(fc.tuple(ascii, ascii), 5000);
    const sides = [pairs.map(([left]) => left), pairs.map(([, right]) => right)];
    const theirs = await queryRows(
      connectionString,
      "select similarity(l, r)::float8 from unnest($1::text[], $2::text[]) with ordinality t(l, r, n) order by n",
      sides,
    );
    expect(await queryRows(connectionString, OURS, sides)).toEqual(theirs);
    expect(pairs.map(([left, right]) => similarityOf(left, right))).toEqual(theirs);
    expect(theirs.filter((number) => number !== 0).length).toBeGreaterThan(500);
  });

  it("is the number that the reference has, on 5,000 pairs of any texts", async () => {
    const pairs = sampled(fc.tuple(texts, fc.oneof(texts, ascii)), 5000);
    const ours = await queryRows(connectionString, OURS, [
      pairs.map(([left]) => left),
      pairs.map(([, right]) => right),
    ]);
    expect(ours).toEqual(pairs.map(([left, right]) => similarityOf(left, right)));
  });

  it("does not depend on how the session prints numbers", async () => {
    const set = "set extra_float_digits = 0; select eventfold.projections_similarity('\"ab\"', 'abc')";
    expect(await queryRows(connectionString, `${set}`)).toEqual([similarityOf("ab", "abc")]);
  });

  it("is nothing for what is not a string, and ends for a word of a million letters", async () => {
    const long = "x".repeat(1_000_000);
    expect(
      await queryRows(
        connectionString,
        "select eventfold.projections_similarity(v, 'xyz') from unnest(array['5', 'null', '[\"xyz\"]', to_jsonb($1::text)]::jsonb[]) v",
        [long],
      ),
    ).toEqual([null, null, null, similarityOf(long, "xyz")]);
  });
});
