import { readSubscriptions, type SubscriptionsState, visibleText } from "@eventfold/operations";
import type { StorageSize, StorageStatus } from "@eventfold/store";
import { pendingMigrationsAt } from "../database/pending-migrations.ts";
import { bytesText } from "../output/bytes-text.ts";
import { countText, numberText } from "../output/number-text.ts";
import type { Output } from "../output/output.ts";
import { subscriptionLine } from "../output/subscription-lines.ts";
import { tableLines } from "../output/table-lines.ts";
import { defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

/** `eventfold status`. */
export const status = defineCommand({
  name: "status",
  summary: "Show what a log is: its schema, its order, how far it has come, its size, and its subscriptions.",
  details: [
    "It counts no events and changes nothing, so it is quick on a log of any size. How far a subscription is behind is told in sequence numbers: the events that it has still to handle are as many or fewer.",
  ],
  needsDatabase: true,
  examples: [
    { line: "eventfold status sqlite:app.db", explanation: "Shows it." },
    {
      line: "eventfold status sqlite:app.db --json | jq '.subscriptions[] | select(any(.partitions[]; .isPaused))'",
      explanation: "Finds the subscriptions that stand still.",
    },
  ],
  exitCodes: { 4: "migrations are pending, so that nothing else can be told" },
  run: async ({ open, address, context, output }) => {
    const pending = address === undefined ? [] : await pendingMigrationsAt(address, context.directory);
    const database = await open().catch(async (error: unknown) => {
      if (!(error instanceof Failure) || error.code !== "SCHEMA_TOO_OLD" || pending.length === 0) throw error;
      const described = pending.map(({ component, version, name, compatible }) => ({
        component,
        version,
        name,
        compatible,
      }));
      await output.print({ pending: described }, () => [
        `${countText(pending.length, "migration")} pending. Run \`eventfold migrate\`; with --print it shows their SQL.`,
        ...tableLines(pending.map(({ component, version, name }) => [component, String(version), name])),
      ]);
      return undefined;
    });
    if (database === undefined) return EXIT_CODES.findings;
    const { inspection } = database.events;
    if (inspection === undefined) throw new Failure("The adapter of this database cannot tell its status.");
    const told = await inspection.status();
    const processing = await database.processing();
    const subscriptions = processing && (await readSubscriptions(database.events.storage, processing));
    await output.print({ database: database.description, ...told, ...subscriptions }, () => [
      ...statusLines(database.description, told, output),
      ...subscriptionLines(subscriptions, output),
    ]);
    return EXIT_CODES.ok;
  },
});

function statusLines(description: string, told: StorageStatus, output: Output): readonly string[] {
  const { engine, orderingGuarantee, newestNumber, lastNumber, events, sizes } = told;
  const isBehind = lastNumber !== undefined && lastNumber < newestNumber;
  const last = lastNumber === undefined ? "unknown to this role" : numberText(lastNumber);
  return [
    `${output.paint("strong", visibleText(description))}  ${visibleText(engine)}`,
    ...tableLines([
      ["schema", schemaText(told)],
      ["order", `within ${orderingGuarantee === "log" ? "the whole log" : `each ${orderingGuarantee}`}`],
      ["newest number", numberText(newestNumber)],
      ["last number given", isBehind ? output.paint("bad", `${last}, which is below it: run eventfold verify`) : last],
      ...(events === undefined ? [] : [["events", `${events.isEstimate ? "about " : ""}${numberText(events.count)}`]]),
      ["size", bytesText(sizes.reduce((sum, { bytes }) => sum + bytes, 0))],
    ]),
    ...sizeLines(sizes),
  ];
}

function schemaText({ migrations }: StorageStatus): string {
  const newest = migrations.at(-1);
  if (newest === undefined) return "none";
  return `version ${newest.version}${newest.appliedAt === undefined ? "" : `, since ${newest.appliedAt.toISOString()}`}`;
}

/** Smaller ones are told by --json. */
const SHOWN_SIZES = 8;

function sizeLines(sizes: readonly StorageSize[]): readonly string[] {
  const shown = sizes.slice(0, SHOWN_SIZES).map(({ name, kind, bytes }) => [visibleText(name), kind, bytesText(bytes)]);
  const rest = sizes.slice(SHOWN_SIZES);
  const others = [[`${rest.length} smaller ones`, "", bytesText(rest.reduce((sum, { bytes }) => sum + bytes, 0))]];
  return tableLines([...shown, ...(rest.length > 0 ? others : [])], "    ");
}

function subscriptionLines(state: SubscriptionsState | undefined, output: Output): readonly string[] {
  if (state === undefined || state.subscriptions.length === 0) return [];
  return [
    "",
    output.paint("faint", "subscriptions"),
    ...state.subscriptions.map((each) => `  ${subscriptionLine(each, output)}`),
  ];
}
