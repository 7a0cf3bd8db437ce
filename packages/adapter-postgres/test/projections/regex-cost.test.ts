import { parseRegex, printRegex } from "@eventfold/query";
import { isEventfoldError } from "@eventfold/types";
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testServer } from "../test-server.ts";

const server = await testServer();
const client = new pg.Client({ connectionString: server.connectionString });

/** A hundred times what the most expensive pattern took alone: the server's own guard, which says of none how long it took. */
const GUARD = "set statement_timeout = '10s'";

beforeAll(async () => {
  await client.connect();
  await client.query(GUARD);
});
afterAll(() => client.end());

const runs = (everyday: number) => (process.env.EVENTFOLD_SOAK ? everyday * 50 : everyday);

async function matches(pattern: string, text: string): Promise<boolean> {
  const printed = printRegex(parseRegex(pattern).tree, "postgres");
  const { rows } = await client.query("select $1::text ~ $2::text as found", [text, printed]);
  return rows[0].found;
}

function isAllowed(pattern: string): boolean {
  try {
    parseRegex(pattern);
    return true;
  } catch (error) {
    if (!isEventfoldError(error, "UNSUPPORTED_REGEX")) throw error;
    return false;
  }
}

/** The pattern with the highest count that is allowed, so that it costs about as much as one of its form may. */
function atItsLimit(patternOf: (count: number) => string): string | undefined {
  let [allowed, refused] = [0, 256];
  while (refused - allowed > 1) {
    const count = Math.floor((allowed + refused) / 2);
    if (isAllowed(patternOf(count))) allowed = count;
    else refused = count;
  }
  return allowed === 0 ? undefined : patternOf(allowed);
}

const atoms = fc.constantFrom("a", "b", "x", ".", "\\w", "\\d", "\\S", "[^a]", "[a-c]", "[acegikmoqsuwy02468]");
const counts = fc.constantFrom("", "?", "*", "+", "{2}", "{0,3}", "{10}", "{0,10}", "{2,}", "{5,20}", "{0,30}");
const { choice: units } = fc.letrec<{ choice: string; sequence: string; item: string }>((tie) => ({
  choice: fc.tuple(tie("sequence"), fc.constantFrom("", "|", "|b", "|b+|")).map(([first, rest]) => first + rest),
  sequence: fc.array(tie("item"), { minLength: 1, maxLength: 3 }).map((items) => items.join("")),
  item: fc.oneof(
    { depthSize: "small" },
    { weight: 2, arbitrary: fc.tuple(atoms, counts).map(([atom, count]) => atom + count) },
    { weight: 1, arbitrary: fc.tuple(tie("choice"), counts).map(([inner, count]) => `(?:${inner})${count}`) },
  ),
}));

/** Characters that split the sets of a pattern into more kinds, and anchors where they may be. */
const frames = fc.constantFrom<(middle: string) => string>(
  (middle) => middle,
  (middle) => `^${middle}$`,
  (middle) => `(?:^|a|${middle})(?:b?$|${middle})`,
  (middle) => `${middle}|abcdefghijklmnopqrstuvwxyz0123456789`,
  (middle) => `${String.fromCodePoint(...Array.from({ length: 300 }, (_, index) => 0x4e00 + 2 * index))}|${middle}`,
);

const texts = fc.string({ unit: fc.constantFrom(..."abcxyz01 é_"), size: "max", maxLength: 1000 });

describe("what a pattern costs the server", () => {
  it.each([
    "(?:a?){99}",
    "(?:x|x+|){45}",
    "(?:\\d*|b{10}|){40}|abcdefghijklm",
    "\\S{250}|abcdefghijklmnopqrstuvwxyz",
    "a{0,250}b{0,250}c{0,250}",
    "(?:^|a{0,99}|b*)(?:c|d{0,99}$|)",
  ])("is little for %j", async (pattern) => {
    await expect(matches(pattern, "abcxyz01".repeat(1000))).resolves.toBeTypeOf("boolean");
  });

  it("is little for whatever a query may have, at the limits of what it may have", async () => {
    await fc.assert(
      fc.asyncProperty(units, frames, texts, async (unit, framed, text) => {
        const pattern = atItsLimit((count) => framed(`(?:${unit}){${count}}`));
        fc.pre(pattern !== undefined);
        await expect(matches(pattern, text)).resolves.toBeTypeOf("boolean");
      }),
      { numRuns: runs(100) },
    );
  });
});
