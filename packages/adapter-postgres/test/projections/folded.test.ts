import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { foldCase } from "@eventfold/query";
import { expect, it } from "vitest";
import { queryRows } from "../query-rows.ts";
import { testServer } from "../test-server.ts";

const { connectionString } = await testServer();
await (await PostgresProjectionStorageAdapter.open({ connectionString })).close();

const FOLDED = `select eventfold.projections_folded(to_jsonb(t)) #>> '{}'
  from unnest($1::text[]) with ordinality texts(t, n) order by n`;

it("folds every character in SQL as foldCase does", async () => {
  const characters: string[] = [];
  for (let code = 1; code <= 0x10ffff; code += 1) {
    if (code < 0xd800 || code > 0xdfff) characters.push(String.fromCodePoint(code));
  }
  const texts: string[] = [];
  for (let from = 0; from < characters.length; from += 1_000) texts.push(characters.slice(from, from + 1_000).join(""));
  expect(texts.join("")).toHaveLength(0xd7ff + 0x2000 + 2 * 0x100000);
  expect(await queryRows(connectionString, FOLDED, [texts])).toEqual(texts.map(foldCase));
});
