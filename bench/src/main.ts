import { writeFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { stopBenchServer } from "./bench-server.ts";
import { measureRow, type RowResult } from "./measurement.ts";
import { markdownTable, terminalTable } from "./report.ts";
import { clusterRows } from "./rows/clusters.ts";
import { commandRows } from "./rows/commands.ts";
import { definitionRows } from "./rows/definitions.ts";
import { explorerRows } from "./rows/explorer.ts";
import { memoryRows } from "./rows/memory.ts";
import { operationRows } from "./rows/operations.ts";
import { postgresRows } from "./rows/postgres.ts";
import { processingRows } from "./rows/processing.ts";
import { processorTimeRows } from "./rows/processor-time.ts";
import { projectionRows } from "./rows/projections.ts";
import { protectionRows } from "./rows/protection.ts";
import { disposeReplicas, replicaRows } from "./rows/replicas.ts";
import { snapshotRows } from "./rows/snapshots.ts";
import { sqliteRows } from "./rows/sqlite.ts";
import { tagRows } from "./rows/tags.ts";
import { tracingRows } from "./rows/tracing.ts";

interface Options {
  readonly only: string;
  readonly rounds: number;
  readonly projections: number;
  readonly json?: string;
  readonly markdown?: string;
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("Expected an integer of 1 or more.");
  return value;
}

const command = new Command("bench")
  .description("Measures eventfold against the raw drivers and its peers, in one run, side by side.")
  .option("--only <text>", "only rows whose group or work contains this", "")
  .option("--rounds <n>", "how often each candidate runs", positiveInteger, 5)
  .option("--projections <n>", "how many projections searches are made among", positiveInteger, 1_000_000)
  .option("--json <file>", "writes the figures to this file")
  .option("--markdown <file>", "writes the table to this file")
  .parse();

const options = command.opts<Options>();
const projections = projectionRows(options.projections);
const allRows = [
  ...memoryRows,
  ...sqliteRows,
  ...postgresRows,
  ...processorTimeRows,
  ...tagRows,
  ...projections.rows,
  ...snapshotRows,
  ...definitionRows,
  ...protectionRows,
  ...commandRows,
  ...operationRows,
  ...replicaRows,
  ...clusterRows,
  ...processingRows,
  ...tracingRows,
  ...explorerRows,
];
const rows = allRows.filter(({ group, work }) => `${group} ${work}`.includes(options.only));
if (rows.length === 0) command.error(`No row contains "${options.only}".`);

const results: RowResult[] = [];
try {
  for (const row of rows) {
    process.stderr.write(`${row.work} `);
    results.push(await measureRow(row, options.rounds, () => process.stderr.write(".")));
    process.stderr.write("\n");
  }
} finally {
  await projections.dispose();
  await disposeReplicas();
  await stopBenchServer();
}

console.log(terminalTable(results));
if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
if (options.markdown) writeFileSync(options.markdown, `${markdownTable(results)}\n`);
