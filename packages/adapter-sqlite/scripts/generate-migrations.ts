import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PACKAGE = join(import.meta.dirname, "..");

/** A component whose numbered .sql files are shipped as a module. */
interface MigrationModule {
  readonly sqlFolder: string;
  readonly module: string;
  readonly constant: string;
  /** How the module reaches the type. */
  readonly typeModule: string;
}

const MODULES: readonly MigrationModule[] = [
  {
    sqlFolder: "sql/events",
    module: "src/migrations/event-migrations.generated.ts",
    constant: "EVENT_MIGRATIONS",
    typeModule: "./migration.ts",
  },
  {
    sqlFolder: "sql/projections",
    module: "src/projections/migrations/projection-migrations.generated.ts",
    constant: "PROJECTION_MIGRATIONS",
    typeModule: "../../migrations/migration.ts",
  },
  {
    sqlFolder: "sql/processing",
    module: "src/processing/migrations/processing-migrations.generated.ts",
    constant: "PROCESSING_MIGRATIONS",
    typeModule: "../../migrations/migration.ts",
  },
  {
    sqlFolder: "sql/keys",
    module: "src/keys/migrations/key-migrations.generated.ts",
    constant: "KEY_MIGRATIONS",
    typeModule: "../../migrations/migration.ts",
  },
];

/** The modules that carry the numbered .sql files as strings, as they should be now. */
export function migrationSources(): readonly { readonly file: string; readonly text: string }[] {
  return MODULES.map((shipped) => ({ file: join(PACKAGE, shipped.module), text: moduleText(shipped) }));
}

function moduleText({ sqlFolder, constant, typeModule }: MigrationModule): string {
  const files = readdirSync(join(PACKAGE, sqlFolder))
    .filter((file) => /^\d{4}-.+\.sql$/.test(file))
    .sort();
  const entries = files.map((file) => migrationText(file, readFileSync(join(PACKAGE, sqlFolder, file), "utf8")));
  return [
    `// Generated from ${sqlFolder} by scripts/generate-migrations.ts; change those files instead.`,
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
