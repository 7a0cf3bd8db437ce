import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SOURCES = join(import.meta.dirname, "../src");

/** A component whose numbered .sql files are shipped as a module. */
interface MigrationModule {
  readonly folder: string;
  readonly constant: string;
  /** How the module reaches the type. */
  readonly typeModule: string;
}

const MODULES: readonly MigrationModule[] = [
  { folder: "schema", constant: "EVENT_MIGRATIONS", typeModule: "./migration.ts" },
  { folder: "projections/schema", constant: "PROJECTION_MIGRATIONS", typeModule: "../../schema/migration.ts" },
];

/** The modules that carry the numbered .sql files as strings, as they should be now. */
export function migrationSources(): readonly { readonly file: string; readonly text: string }[] {
  return MODULES.map((module) => ({
    file: join(SOURCES, module.folder, "migration-sources.generated.ts"),
    text: moduleText(module),
  }));
}

function moduleText({ folder, constant, typeModule }: MigrationModule): string {
  const files = readdirSync(join(SOURCES, folder))
    .filter((file) => /^\d{4}-.+\.sql$/.test(file))
    .sort();
  const entries = files.map((file) => migrationText(file, readFileSync(join(SOURCES, folder, file), "utf8")));
  return [
    "// Generated from the .sql files beside it by scripts/generate-migration-sources.ts; change those instead.",
    `import type { Migration } from ${JSON.stringify(typeModule)};`,
    "",
    `export const ${constant}: readonly Migration[] = [\n${entries.join("")}];`,
    "",
  ].join("\n");
}

function migrationText(file: string, text: string): string {
  const sql = text.replaceAll("\r\n", "\n");
  const [, compatible] = /^-- compatible: (yes|no), /.exec(sql) ?? [];
  if (compatible === undefined) {
    throw new Error(`${file} must begin with "-- compatible: yes, why" or "no": may older releases go on with it?`);
  }
  return `  {
    version: ${Number(file.slice(0, 4))},
    name: ${JSON.stringify(file.slice(5, -4))},
    checksum: "${createHash("sha256").update(sql).digest("hex")}",
    compatible: ${compatible === "yes"},
    sql: ${templateLiteral(sql)},
  },
`;
}

function templateLiteral(text: string): string {
  return `\`${text.replaceAll(/[\\`]|\$\{/g, "\\$&")}\``;
}

if (import.meta.main) for (const { file, text } of migrationSources()) writeFileSync(file, text);
