import { readFileSync } from "node:fs";
import { copyLog, digestLog, verifyLog } from "@eventfold/operations";
import { afterAll, describe, expect, it } from "vitest";
import { type Damage, damages, publishEventsToDamage } from "../src/damage.ts";
import { Databases } from "../src/database.ts";

const databases = new Databases();
afterAll(() => databases[Symbol.asyncDispose]());

const page = new URL("../../../docs/moving-between-databases.md", import.meta.url);

describe.each(["sqlite", "postgres"] as const)("damage by SQL on %s", (kind) => {
  /** Verifies a damaged log against the digest of what it was, and, where its content shows the damage, against a copy too. */
  async function verifyDamaged(sql: string, foundBy?: Damage["foundBy"]) {
    await using sound = await databases.open("sqlite");
    await using database = await databases.open(kind);
    await publishEventsToDamage(database.adapter);
    const recorded = await digestLog({ of: database.adapter });
    await copyLog({ from: database.adapter, to: sound.adapter });
    await database.run(sql);
    await using log = await database.openAgain(); // a column may have another type now
    const verdict = await verifyLog({ log, reference: recorded });
    const { content } = foundBy === "content" ? await verifyLog({ log, reference: sound.adapter }) : verdict;
    return { ...verdict, namedEvents: content?.events.length };
  }

  it("is not found where there is none", async () => {
    const { isSound, structure, content } = await verifyDamaged("select 1");
    const found = { isSound, faults: structure.faults, isEqual: content?.isEqual };
    expect(found).toEqual({ isSound: true, faults: [], isEqual: true });
  });

  it.each(damages)("is found by the $foundBy when $what", async ({ foundBy, sql }) => {
    const { isSound, structure, content, namedEvents } = await verifyDamaged(sql[kind], foundBy);
    expect(isSound).toBe(false);
    if (foundBy === "structure") {
      expect(structure.faultCount).toBeGreaterThan(0);
      return;
    }
    expect({ faults: structure.faults, isEqual: content?.isEqual }).toEqual({ faults: [], isEqual: false });
    expect(namedEvents, "events that the other log names").toBeGreaterThan(0);
  });
});

it("is listed in the documentation, with what finds it", () => {
  const rows = Array.from(readFileSync(page, "utf8").matchAll(/^\| (\S.*?) +\| (structure|content) +\|$/gm));
  const listed = rows.map(([, what, foundBy]) => ({ what, foundBy }));
  expect(listed).toEqual(damages.map(({ what, foundBy }: Damage) => ({ what, foundBy })));
});
