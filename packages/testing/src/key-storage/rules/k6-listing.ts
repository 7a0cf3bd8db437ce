import type { KeyListing } from "@eventfold/events";
import { assertSame } from "../../event-storage/observe/same.ts";
import { type KeyRuleTest, keyTest } from "../key-rule-test.ts";
import { adding, aKey, aTombstone } from "../observe/some-keys.ts";

/** All pages of a listing. */
async function pagesOf<T>(
  list: (listing: KeyListing) => Promise<readonly T[]>,
  nameOf: (item: T) => string,
  limit: number,
): Promise<readonly (readonly T[])[]> {
  const pages: (readonly T[])[] = [];
  for (let after: string | undefined; ; ) {
    const page = await list({ after, limit });
    pages.push(page);
    const last = page.at(-1);
    if (last === undefined || pages.length > 100) return pages;
    after = nameOf(last);
  }
}

/** In the order of code points, which is neither that of UTF-16 nor that of a dictionary. */
const IN_ORDER = ["A", "a", "a b", "aa", "b", "e\u0301", "é", "\ufffd", "\u{1f600}"];

export const listing: readonly KeyRuleTest[] = [
  keyTest("K6", "keys come by id, page by page, each once", async ({ storage, storages: [, other] }) => {
    const keys = Array.from({ length: 25 }, (_, n) => aKey(`subject-${n}`));
    await storage.add(keys.map((key) => adding(key)));
    const sorted = keys.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const pages = await pagesOf(
      (page) => other.listKeys(page),
      ({ id }) => id,
      10,
    );
    assertSame(
      pages.map(({ length }) => length),
      [10, 10, 5, 0],
    );
    assertSame(pages.flat(), sorted);
  }),
  keyTest("K6", "tombstones come by subject, in code-point order, page by page", async ({ storage, random }) => {
    const tombstones = IN_ORDER.map((subject) => aTombstone(subject));
    await storage.forget(random.shuffle(tombstones));
    await storage.add([adding(aKey("not forgotten"))]);
    const pages = await pagesOf(
      (page) => storage.listTombstones(page),
      ({ subject }) => subject,
      4,
    );
    assertSame(
      pages.map(({ length }) => length),
      [4, 4, 1, 0],
    );
    assertSame(pages.flat(), tombstones);
  }),
];
