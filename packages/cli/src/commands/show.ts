import { readTexts, type StatePlace, stateAt } from "@eventfold/operations";
import type { StreamIdentifier } from "@eventfold/store";
import { parseCount } from "../arguments/count.ts";
import { parseStreamName, STREAM_USAGE } from "../arguments/stream-name.ts";
import { parseTime, TIME_USAGE } from "../arguments/time.ts";
import { projectorNamed } from "../config/projector-named.ts";
import type { OpenedDatabase } from "../database/opened-database.ts";
import { eventJson } from "../output/event-json.ts";
import { eventBlock } from "../output/event-lines.ts";
import { projectionLines } from "../output/projection-lines.ts";
import { type CommandRun, defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

interface ShowOptions {
  readonly state?: string;
  readonly asOf?: Date;
  readonly by: "observed" | "occurred";
  readonly limit?: number;
  readonly full?: true;
}

/** In code points. */
const TEXTS_CUT_AT = 2_000;

/** `eventfold show`. */
export const show = defineCommand<ShowOptions>({
  name: "show",
  summary: "Show the events of a stream, or the state that they fold to.",
  details: [
    "Events come in the order of the log, a block each. Payloads and metadata are cut after 2,000 characters, with --json never.",
    "--as-of answers what was known at a time, by when events were observed, or with --by occurred what was true then, as is known now: a state is then folded in the order in which events occurred.",
  ],
  needsDatabase: true,
  operands: [{ name: "stream", description: STREAM_USAGE }],
  options: [
    {
      flags: "--state <projector>",
      description: "fold the stream with this projector of the config, and show the state",
    },
    { flags: "--as-of <time>", description: `only what was there at a time: ${TIME_USAGE}`, parse: parseTime },
    {
      flags: "--by <time>",
      description: "by which of its two times an event was there",
      choices: ["observed", "occurred"],
      defaultValue: "observed",
    },
    { flags: "--limit <count>", description: "at most that many events, the first ones", parse: parseCount },
    { flags: "--full", description: "show long payloads and metadata as a whole" },
  ],
  examples: [
    { line: "eventfold show sqlite:app.db accounts/acc-1", explanation: "Shows all events of the stream." },
    {
      line: "eventfold show --config eventfold.config.ts accounts/acc-1 --state account --as-of 2026-01-31",
      explanation: "Folds the events that were known when 31 January began, and shows the state.",
    },
    {
      line: "eventfold show sqlite:app.db accounts/acc-1 --json | jq .payload",
      explanation: "Hands the payloads to another program.",
    },
  ],
  exitCodes: { 3: "the stream has no events, or there is no such projector" },
  run: async (run) => {
    const stream = { kind: "stream", ...parseStreamName(run.operands[0] ?? "") } as const;
    const database = await run.open();
    if (!(await hasEvents(stream, database))) {
      throw new Failure(
        `The stream ${JSON.stringify(stream.stream)} of ${JSON.stringify(stream.category)} has no events.`,
        {
          exitCode: EXIT_CODES.notFound,
        },
      );
    }
    return run.options.state === undefined ? showEvents(stream, database, run) : showState(stream, database, run);
  },
});

/** Reads no payload, which may be damaged. */
async function hasEvents(stream: StreamIdentifier, { events }: OpenedDatabase): Promise<boolean> {
  for await (const _ of readTexts(events, stream, { direction: "forwards", limit: 1, maxTextLength: 1 })) return true;
  return false;
}

async function showEvents(
  stream: StreamIdentifier,
  { events }: OpenedDatabase,
  { options, output, signal }: CommandRun<ShowOptions>,
): Promise<undefined> {
  const { asOf, by, limit = Number.POSITIVE_INFINITY, full } = options;
  const maxTextLength = full || output.isJson ? undefined : TEXTS_CUT_AT;
  let count = 0;
  for await (const page of readTexts(events, stream, { direction: "forwards", maxTextLength, signal })) {
    for (const event of page) {
      if (asOf !== undefined && event[`${by}AtMs`] > asOf.getTime()) continue;
      if (count === limit) return;
      if (output.isJson) await output.printJson(eventJson(event));
      else await output.printLines([...(count === 0 ? [] : [""]), ...eventBlock(event, output)]);
      count += 1;
    }
  }
  if (count === 0) await output.remark(`No event of the stream was ${by} by ${asOf?.toISOString()}.`);
}

async function showState(
  source: StreamIdentifier,
  { store, projectors }: OpenedDatabase,
  { options: { state: name = "", asOf, by }, output, signal }: CommandRun<ShowOptions>,
): Promise<undefined> {
  const projector = projectorNamed(projectors, name);
  if (projector.source !== "stream") {
    throw new Failure(
      `The projector ${JSON.stringify(name)} folds a ${projector.source}, so a single stream has no state of it.`,
      {
        exitCode: EXIT_CODES.usage,
      },
    );
  }
  const place: StatePlace = asOf === undefined ? { kind: "newest" } : { kind: by, time: asOf };
  for (const projection of await stateAt({ store, projector, source, place, signal })) {
    await output.print(projection, () => projectionLines(projection, output));
  }
}
