import { globSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { readRepositoryFile, repositoryDirectory } from "../src/repository.ts";

const headings = ["Install", "Example", "Options", "Guarantees", "Limits", "More"];
const readmes = globSync("packages/*/README.md", { cwd: repositoryDirectory });

describe.each(readmes)("%s", (readme) => {
  const text = readRepositoryFile(readme);

  it("begins with a paragraph that says what the package is for", () => {
    expect(text).toMatch(/^# @eventfold\/[a-z-]+\n\n[A-Z]/);
  });

  it("has the headings of every README, in their order", () => {
    const found = Array.from(text.matchAll(/^## (.+)$/gm), ([, heading = ""]) => heading);
    expect(found.filter((heading) => headings.includes(heading))).toStrictEqual(headings);
  });

  it("has an example that is run, or compiled if it needs a server", () => {
    const example = text.split("\n## Example\n")[1]?.split("\n## ")[0];
    expect(example).toContain(readme.includes("adapter-postgres") ? "\n```ts\n" : "\n```ts run\n");
  });
});

/** The types behind the tables of options: what each README has to list, and nothing else. */
const optionTypes: Readonly<Record<string, readonly (readonly [file: string, ...types: readonly string[]])[]>> = {
  "adapter-memory": [
    ["memory-event-storage-adapter.ts", "MemoryEventStorageAdapterOptions"],
    ["projections/memory-projection-storage-adapter.ts", "MemoryProjectionStorageAdapterOptions"],
    ["processing/memory-processing-storage-adapter.ts", "MemoryProcessingStorageAdapterOptions"],
    ["keys/memory-key-storage-adapter.ts", "MemoryKeyStorageAdapterOptions"],
  ],
  "adapter-postgres": [
    ["open-options.ts", "PostgresConnectionOptions", "PostgresEventStorageOptions"],
    ["naming/log-location.ts", "LogLocation"],
    ["projections/open-projection-options.ts", "ProjectionStorageOptions", "SharedProjectionStorageOptions"],
    ["projections/projection-location.ts", "ProjectionLocation"],
    ["processing/open-processing-options.ts", "ProcessingStorageOptions", "SharedProcessingStorageOptions"],
    ["processing/processing-location.ts", "ProcessingLocation"],
    ["keys/open-key-options.ts", "KeyStorageOptions", "SharedKeyStorageOptions"],
    ["keys/key-location.ts", "KeyLocation"],
  ],
  "adapter-sqlite": [
    ["sqlite-event-storage-options.ts", "SqliteEventStorageOptions"],
    [
      "projections/sqlite-projection-storage-options.ts",
      "SqliteProjectionQueryOptions",
      "SharedSqliteProjectionStorageOptions",
    ],
    ["processing/sqlite-processing-storage-options.ts", "SharedSqliteProcessingStorageOptions"],
    ["keys/sqlite-key-storage-options.ts", "SharedSqliteKeyStorageOptions"],
  ],
  cli: [["config/config.ts", "Config", "ConfigOpening"]],
  commands: [
    ["execute-options.ts", "ExecuteOptions"],
    ["execute-many.ts", "ExecuteManyOptions"],
  ],
  events: [
    ["event-definition.ts", "EventOptions"],
    ["keys/key-store.ts", "KeyStoreOptions"],
    ["../../store/src/source-translation.ts", "SourceOptions"],
  ],
  explorer: [
    ["explorer-options.ts", "ExplorerOptions"],
    ["explorer.ts", "MountedExplorerOptions"],
    ["serve-explorer.ts", "ServeExplorerOptions"],
  ],
  operations: [
    ["archive/transfer-progress.ts", "TransferOptions"],
    ["archive/export-log.ts", "ExportOptions"],
    ["archive/import-log.ts", "ImportOptions"],
    ["archive/copy-log.ts", "CopyOptions"],
    ["archive/digest-log.ts", "DigestOptions"],
    ["archive/verify-log.ts", "VerificationOptions", "ContentVerificationOptions"],
  ],
  opentelemetry: [["instrument.ts", "InstrumentOptions"]],
  processing: [
    ["subscription/subscription.ts", "SubscriptionOptions"],
    ["broker/event-broker.ts", "EventBrokerOptions"],
  ],
  projections: [
    ["projector/projector-definition.ts", "ProjectorDefinition", "ProjectionIdentity"],
    ["projector/projector.ts", "ProjectOptions"],
    ["store/projection-store.ts", "ProjectionStoreOptions"],
  ],
  query: [["clauses/query.ts", "SearchQuery"]],
  replica: [
    ["replica-options.ts", "ReplicaOptions", "UpToOptions"],
    ["../../adapter-sqlite/src/projections/sqlite-projection-storage-options.ts", "SqliteProjectionQueryOptions"],
  ],
  store: [["event-store.ts", "EventStoreOptions"]],
  testing: [
    ["event-storage/event-storage-suite-options.ts", "EventStorageSuiteOptions"],
    ["projection-storage/projection-storage-suite-options.ts", "ProjectionStorageSuiteOptions"],
    ["processing-storage/processing-storage-suite-options.ts", "ProcessingStorageSuiteOptions"],
    ["key-storage/key-storage-suite-options.ts", "KeyStorageSuiteOptions"],
    ["postgres/start-postgres.ts", "StartPostgresOptions"],
  ],
  types: [],
};

/** The members that a type declares itself, wherever in it, apart from those of members. */
function membersOf(file: string, types: readonly string[]): string[] {
  const source = ts.createSourceFile(file, readRepositoryFile(file), ts.ScriptTarget.Latest);
  const names: string[] = [];
  function visit(node: ts.Node): void {
    if (ts.isPropertySignature(node) && ts.isIdentifier(node.name)) names.push(node.name.text);
    else ts.forEachChild(node, visit);
  }
  for (const type of types) {
    const declared = source.statements.find(
      (each): each is ts.InterfaceDeclaration | ts.TypeAliasDeclaration =>
        (ts.isInterfaceDeclaration(each) || ts.isTypeAliasDeclaration(each)) && each.name.text === type,
    );
    if (declared === undefined) throw new Error(`${file} declares no type ${type}.`);
    visit(declared);
  }
  return names;
}

/** The names in the first columns of the tables of options. */
function listedOptions(name: string): ReadonlySet<string> {
  const section = readRepositoryFile(`packages/${name}/README.md`).split("\n## Options\n")[1]?.split("\n## ")[0] ?? "";
  const columns = Array.from(section.matchAll(/^\| (`[^|]*)\|/gm), ([, column = ""]) => column);
  return new Set(columns.flatMap((column) => Array.from(column.matchAll(/`(\w+)`/g), ([, option = ""]) => option)));
}

it("knows the options of every package", () => {
  expect(Object.keys(optionTypes).sort()).toStrictEqual(readmes.map((file) => file.split("/")[1]).sort());
});

it.each(Object.entries(optionTypes))("lists every option of %s, and no other", (name, files) => {
  const members = files.flatMap(([file, ...types]) => membersOf(`packages/${name}/src/${file}`, types));
  expect([...listedOptions(name)].sort()).toStrictEqual([...new Set(members)].sort());
});
