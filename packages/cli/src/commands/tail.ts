import { outlineOf } from "@eventfold/operations";
import {
  type EventCategory,
  type EventLog,
  type EventStore,
  isEventfoldError,
  nameIn,
  observedFrom,
  printStoredEvent,
  type SourceConstraint,
  type StoredEvent,
  sequenceNumberAfter,
  sequenceNumberBefore,
} from "@eventfold/store";
import { parseCount } from "../arguments/count.ts";
import { parseTime, TIME_USAGE } from "../arguments/time.ts";
import { eventLine } from "../output/event-lines.ts";
import { defineCommand } from "../program/command.ts";
import { type ErrorReport, reportText } from "../program/error-report.ts";
import { EXIT_CODES, type ExitCode } from "../program/exit-codes.ts";

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
    "An event that cannot be read is named on the error output and passed over, and the exit code tells of it; `eventfold show` shows its text, and `eventfold verify` what else is damaged. When whoever reads the output has ended, as `head` does, --follow notices it at the next event.",
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
  exitCodes: { 4: "an event could not be read" },
  run: async ({ open, options, output, signal, context }) => {
    const { store } = await open();
    const { source, constraints } = wanted(store, options);
    const start = await startOf(source, constraints, { ...options, signal });
    const between = (after = start, before?: number) =>
      source.scan({ constraints: [...constraints, sequenceNumberAfter(after), ...beforeIf(before)], signal });
    const found = options.follow
      ? { between, from: (after = start) => source.follow({ constraints, after, signal }) }
      : { between, from: between };
    let exitCode: ExitCode = EXIT_CODES.ok;
    const tell = ({ code, message }: Unreadable): void => {
      exitCode = EXIT_CODES.findings;
      context.writeError(reportText({ code, message, exitCode }, output));
    };
    for await (const event of readableEvents(found, tell)) {
      if (output.isJson) await output.printJson(printStoredEvent(event));
      else await output.printLines([eventLine(outlineOf(event), output)]);
    }
    return exitCode;
  },
});

/** What is told of an event that cannot be read. */
type Unreadable = Pick<ErrorReport, "code" | "message">;

/** Reads events in one direction, behind the event of a number; `undefined`: from where the reading begins. */
interface Reading {
  readonly from: (past: number | undefined) => AsyncIterable<StoredEvent>;
  readonly between: (past: number | undefined, until: number) => AsyncIterable<StoredEvent>;
}

/** The events that can be read, past those that cannot. */
async function* readableEvents(
  { from, between }: Reading,
  onUnreadable: (error: Unreadable) => void,
): AsyncGenerator<StoredEvent, void, undefined> {
  let past: number | undefined;
  for (;;) {
    try {
      for await (const event of from(past)) {
        yield event;
        past = event.sequenceNumber;
      }
      return;
    } catch (error) {
      if (!isEventfoldError(error, "UNREADABLE_EVENT")) throw error;
      const { sequenceNumber } = error.event;
      yield* between(past, sequenceNumber); // what comes before it on the page that could not be read
      onUnreadable(error);
      past = sequenceNumber;
    }
  }
}

function beforeIf(number: number | undefined): readonly SourceConstraint[] {
  return number === undefined ? [] : [sequenceNumberBefore(number)];
}

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
  let count = 0;
  const between = (before?: number, after = 0) =>
    source.scan({
      constraints: [...constraints, sequenceNumberAfter(after), ...beforeIf(before)],
      direction: "backwards",
      limit: atMost - count,
      signal,
    });
  for await (const event of readableEvents({ from: between, between }, () => undefined)) {
    first = event.sequenceNumber;
    count += 1;
    if (count === atMost) break;
  }
  return first === undefined ? ((await source.latest())?.sequenceNumber ?? 0) : first - 1;
}
