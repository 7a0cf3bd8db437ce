import type { ProjectionStore } from "@eventfold/projections";
import { type Clause, filter, foldCase, folded, not, path, sortBy } from "@eventfold/query";
import { assertSame } from "../../event-storage/observe/same.ts";
import { aProjection } from "../observe/a-projection.ts";
import { type ProjectionRuleTest, projectionTest } from "../projection-rule-test.ts";

const TEXT = path.unchecked("state", "text");
const FOLDED = folded(TEXT);

/** The texts that are saved, each with its index as the id. */
const TEXTS = [
  ...["Anna", "ANNA", "Hanna", "\u00c5sa", "\u00e5SA", "A\u030asa", "Stra\u00dfe", "STRA\u1e9eE", "STRASSE", "100%"],
  ...[
    "\u039f\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c2",
    "\u039f\u0394\u03a5\u03a3\u03a3\u0395\u038e\u03a3",
    "\u212aelvin",
    "I",
    "\u0130",
    "\u0131",
    "a_b",
  ],
  ...["", `${"x".repeat(150)}Y`, 5, true, null, ["Anna"], { text: "Anna" }],
];

async function foundBy(store: ProjectionStore, clause: Clause): Promise<readonly number[]> {
  const { items } = await store.search({ filters: [clause] });
  return items.map(({ id }) => Number(id)).toSorted((a, b) => a - b);
}

/** All characters that fold to another one, and all that they fold to, each once. */
function casedCharacters(): readonly string[] {
  const cased = new Set<string>();
  for (let code = 0; code <= 0x10ffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    const fold = foldCase(character);
    if (fold !== character) cased.add(character).add(fold);
  }
  return [...cased];
}

function inPieces(characters: readonly string[], size: number): readonly string[] {
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, n) =>
    characters.slice(n * size, (n + 1) * size).join(""),
  );
}

/** Filters by a part of a text, with and without regard to case. */
export const queriesOfText: readonly ProjectionRuleTest[] = [
  projectionTest("queries", "a text within a text is found as it is, or folded, in strings only", async ({ store }) => {
    await store.saveMany(TEXTS.map((text, n) => aProjection({ id: String(n), state: { text } })));
    const cases: readonly (readonly [Clause, readonly number[]])[] = [
      [filter(TEXT, "contains_text", "nna"), [0, 2]],
      [filter(TEXT, "contains_text", "%"), [9]],
      [filter(TEXT, "contains_text", "_"), [16]],
      [filter(TEXT, "contains_text", "5"), []],
      [filter(TEXT, "contains_text", `${"x".repeat(120)}Y`), [18]],
      [filter("id", "contains_text", "7"), [7, 17]],
      [filter(TEXT, "contains_text", ""), Array.from({ length: 19 }, (_, n) => n)],
      [not(filter(TEXT, "contains_text", "")), [19, 20, 21, 22, 23]],
      [filter(FOLDED, "contains_text", "ANNA"), [0, 1, 2]],
      [filter(FOLDED, "starts_with", "aNN"), [0, 1]],
      [filter(FOLDED, "equal", "anna"), [0, 1]],
      [filter(FOLDED, "not_equal", "ANNA"), Array.from({ length: 22 }, (_, n) => n + 2)],
      [filter(FOLDED, "in", ["ANNA", "hANNA"]), [0, 1, 2]],
      [filter(FOLDED, "regex_matches", "^ann"), [0, 1]],
      [filter(FOLDED, "regex_matches", "^Ann"), []],
      [filter(FOLDED, "equal", "\u00c5SA"), [3, 4]],
      [filter(FOLDED, "equal", "STRA\u00dfE"), [6, 7]],
      [filter(FOLDED, "equal", "\u039f\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c3"), [10, 11]],
      [filter(FOLDED, "equal", "KELVIN"), [12]],
      [filter(FOLDED, "equal", "i"), [13]],
      [filter(FOLDED, "contains_text", `X${"x".repeat(119)}y`), [18]],
      [filter(FOLDED, "exists"), Array.from({ length: 19 }, (_, n) => n)],
    ];
    for (const [clause, expected] of cases) assertSame(await foundBy(store, clause), expected, JSON.stringify(clause));
    const { items } = await store.search({
      filters: [filter(FOLDED, "contains_text", "nna")],
      sort: [sortBy(FOLDED)],
    });
    assertSame(
      items.map(({ id }) => id),
      ["0", "1", "2"],
    );
  }),
  projectionTest(
    "queries",
    "every character is folded as the reference folds it, whatever the locale",
    async ({ store, random }) => {
      const anyCharacter = (): string => {
        const code = random.integer(1, 0x10ffff);
        return String.fromCodePoint(code >= 0xd800 && code <= 0xdfff ? code + 0x800 : code);
      };
      const others = Array.from({ length: 1_000 }, anyCharacter);
      const texts = [...inPieces(casedCharacters(), 100), ...inPieces(others, 100)];
      await store.saveMany(texts.map((text, n) => aProjection({ id: String(n), state: { text } })));
      for (const text of texts) {
        const alike = texts.flatMap((other, n) => (foldCase(other) === foldCase(text) ? n : []));
        assertSame(await foundBy(store, filter(FOLDED, "equal", text)), alike, JSON.stringify(text));
      }
    },
  ),
];
