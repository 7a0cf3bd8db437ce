import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { migrationModules } from "../scripts/generate-migrations.ts";
import { EVENT_MIGRATIONS } from "../src/migrations/event-migrations.generated.ts";
import { PROCESSING_MIGRATIONS } from "../src/processing/migrations/processing-migrations.generated.ts";
import { PROJECTION_MIGRATIONS } from "../src/projections/migrations/projection-migrations.generated.ts";

describe.each([
  ["events", EVENT_MIGRATIONS],
  ["projections", PROJECTION_MIGRATIONS],
  ["processing", PROCESSING_MIGRATIONS],
])("the migrations of %s", (_, migrations) => {
  it("are numbered 1, 2, 3 …", () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_migration, index) => index + 1));
  });

  it("have the checksum of their text", () => {
    for (const { template, checksum } of migrations) {
      expect(checksum).toBe(createHash("sha256").update(template).digest("hex"));
    }
  });
});

describe("the generated modules", () => {
  it("are what the files in sql give", async () => {
    for (const { file, text } of migrationModules()) expect(await readFile(file, "utf8")).toBe(text);
  });
});
