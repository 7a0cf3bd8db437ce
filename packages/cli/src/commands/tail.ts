import { outlineOf } from "@eventfold/operations";
import {
  type EventCategory,
  type EventLog,
  type EventStore,
  nameIn,
  observedFrom,
  printStoredEvent,
  type SourceConstraint,
  type StoredEvent,
  sequenceNumberAfter,
} from "@eventfold/store";
import { parseCount } from "../arguments/count.ts";
import { parseTime, TIME_USAGE } from "../arguments/time.ts";
import { eventLine } from "../output/event-lines.ts";
import { defineCommand } from "../program/command.ts";

interface TailOptions {
  readonly category?: string;
  readonly name?: readonly [string, ...string[]];
  readonly since?: Date;
  readonly limit?: number;
  readonly follow?: true;
}

const DEFAULT_LIMIT = 20;

/** `eventfold tail`. */
export const tail = defineCommand<TailOptions>({
  name: "tail",
  summary: "Show the newest events, and with --follow those that come.",
  details: [
    "A line each, the newest last. With --json they are the objects that `printStoredEvent` of @eventfold/store makes.",
    "Names are not indexed: where few events have one, --name reads far back.",
  ],
  needsDatabase: true,
  options: [
    { flags: "--category <category>", description: "only events of this category" },
    { flags: "--name <name>", description: "only events of this name; can be given several times", isRepeatable: true },
    {
      flags: "--since <time>",
      description: `only events observed since a time: ${TIME_USAGE}; all of them, unless --limit is given`,
      parse: parseTime,
    },
    {
      flags: "--limit <count>",
      description: `at most that many of those that are there (default: ${DEFAULT_LIMIT})`,
      parse: parseCount,
    },
    { flags: "--follow", description: "go on with the events that are published from now on, until Ctrl-C" },
  ],
  examples: [
    { line: "eventfold tail sqlite:app.db", explanation: "Shows the newest 20 events." },
    {
      line: "eventfold tail sqlite:app.db --category orders --since 15m --follow",
      explanation: "Shows the orders of the last quarter of an hour, and those that come.",
    },
    {
      line: "eventfold tail sqlite:app.db --follow --name user-registered --json | jq -r .payload.email",
      explanation: "Hands what happens to another program.",
    },
  ],
  run: async ({ open, options, output, signal }) => {
    const { store } = await open();
    const { source, constraints } = wanted(store, options);
    const after = await startOf(source, constraints, { ...options, signal });
    const found = options.follow
      ? source.follow({ constraints, after, signal })
      : source.scan({ constraints: [...constraints, sequenceNumberAfter(after)], signal });
    for await (const event of found as AsyncIterable<StoredEvent>) {
      if (output.isJson) await output.printJson(printStoredEvent(event));
      else await output.printLines([eventLine(outlineOf(event), output)]);
    }
  },
});

function wanted(store: EventStore, { category, name, since }: TailOptions) {
  const source: EventLog | EventCategory = category === undefined ? store.log() : store.category(category);
  const constraints: readonly SourceConstraint[] = [
    ...(name === undefined ? [] : [nameIn(...name)]),
    ...(since === undefined ? [] : [observedFrom(since)]),
  ];
  return { source, constraints };
}

/** The number after which the events to be shown begin. Their texts are not kept, however large they are. */
async function startOf(
  source: EventLog | EventCategory,
  constraints: readonly SourceConstraint[],
  { since, limit, signal }: TailOptions & { readonly signal: AbortSignal },
): Promise<number> {
  const atMost = limit ?? (since === undefined ? DEFAULT_LIMIT : undefined);
  if (atMost === undefined) return 0;
  let first: number | undefined;
  for await (const event of source.scan({ constraints, direction: "backwards", limit: atMost, signal })) {
    first = event.sequenceNumber;
  }
  return first === undefined ? ((await source.latest())?.sequenceNumber ?? 0) : first - 1;
}
