import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../src/schema");

/** The module that carries the numbered .sql files as strings, as it should be now. */
export function migrationSources(): string {
  const files = readdirSync(FOLDER)
    .filter((file) => /^\d{4}-.+\.sql$/.test(file))
    .sort();
  const entries = files.map((file) => {
    const sql = readFileSync(join(FOLDER, file), "utf8");
    return `  {\n    version: ${Number(file.slice(0, 4))},\n    name: ${JSON.stringify(file.slice(5, -4))},\n    sql: ${templateLiteral(sql)},\n  },\n`;
  });
  return [
    "// Generated from the .sql files beside it by scripts/generate-migration-sources.ts; change those instead.",
    'import type { Migration } from "./migration.ts";',
    "",
    `export const EVENT_MIGRATIONS: readonly Migration[] = [\n${entries.join("")}];`,
    "",
  ].join("\n");
}

function templateLiteral(text: string): string {
  return `\`${text.replaceAll(/[\\`]|\$\{/g, "\\$&")}\``;
}

/** Where that module is. */
export const MIGRATION_SOURCES_FILE = join(FOLDER, "migration-sources.generated.ts");

if (import.meta.main) writeFileSync(MIGRATION_SOURCES_FILE, migrationSources());
