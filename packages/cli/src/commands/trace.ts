import { type CausedEvent, type EventOutline, type EventTrace, traceEvent, visibleText } from "@eventfold/operations";
import { eventLine } from "../output/event-lines.ts";
import { countText, numberText } from "../output/number-text.ts";
import type { Output } from "../output/output.ts";
import { defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

const NUMBERS = 100_000;

/** `eventfold trace`. */
export const trace = defineCommand<{ readonly all?: true }>({
  name: "trace",
  summary: "Show what caused an event, and what it caused, as a tree.",
  details: [
    "It goes by the causationId in the metadata of events. Causes are looked up by their ids. Effects come later in the log, and there is no index on them: the next 100,000 sequence numbers are searched, or all of them with --all. It ends with 10,000 effects. How far it looked is said below the tree.",
  ],
  needsDatabase: true,
  operands: [{ name: "id", description: "the id of the event, a UUID" }],
  options: [{ flags: "--all", description: "search all later events for effects" }],
  examples: [
    {
      line: "eventfold trace sqlite:app.db 019a2f3e-7c1b-7d05-8e6a-2b9f4c1d0e7a",
      explanation: "Shows the chain of causes from the first one down, the event, and the tree of its effects.",
    },
  ],
  exitCodes: { 3: "there is no such event" },
  run: async ({ open, operands: [id = ""], options: { all }, output, signal, startProgress }) => {
    const { events } = await open();
    const found = await events.storage.latest({ kind: "log" });
    const progress = startProgress({
      title: "Searching for effects",
      unit: "numbers",
      total: all ? found?.sequenceNumber : undefined,
    });
    try {
      const numbers = all ? Number.POSITIVE_INFINITY : NUMBERS;
      const traced = await traceEvent(events, id.toLowerCase(), { numbers, signal, onProgress: progress.update });
      progress.stop();
      if (traced === undefined) {
        throw new Failure(`There is no event with the id ${JSON.stringify(id)}.`, { exitCode: EXIT_CODES.notFound });
      }
      await output.print(traceValue(traced), () => traceLines(traced, output));
    } finally {
      progress.stop();
    }
  },
});

/** An effect, and at which level of the tree it is: 1 is what the event caused itself. */
interface PlacedEffect {
  readonly event: EventOutline;
  readonly causedBy: string;
  readonly level: number;
}

/** The effects in the order of the tree, each before what it caused. A chain may be longer than functions can call themselves. */
function effectsInOrder({ event, effects }: CausedEvent): readonly PlacedEffect[] {
  const found: PlacedEffect[] = [];
  const below = ({ event: { id }, effects: next }: CausedEvent, level: number) =>
    next.map((effect) => ({ effect, causedBy: id, level })).reverse();
  const left = below({ event, effects }, 1);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { effect, causedBy, level } = next;
    found.push({ event: effect.event, causedBy, level });
    left.push(...below(effect, level + 1));
  }
  return found;
}

/** For programs the tree is a list: JSON that nests as deep as causes do could not be read by all of them. */
function traceValue({ causes, causesEnd, search, ...tree }: EventTrace): object {
  const effects = effectsInOrder(tree).map(({ event, causedBy, level }) => ({ ...event, causedBy, level }));
  return { event: tree.event, causes, causesEnd, effects, search };
}

function traceLines(trace: EventTrace, output: Output): readonly string[] {
  const chain = [...trace.causes].reverse();
  const effects = effectsInOrder(trace);
  return [
    ...endLines(trace.causesEnd, output),
    ...chain.map((cause, level) => `${branch(level)}${eventLine(cause, output)}`),
    `${branch(chain.length)}${output.paint("good", "●")} ${eventLine(trace.event, output)}`,
    ...effects.map(({ event, level }) => `${branch(chain.length + level)}${eventLine(event, output)}`),
    "",
    output.paint("faint", searchText(trace.search, effects.length)),
  ];
}

/** What is deeper than that is not moved further to the right. */
const DEEPEST_INDENT = 20;

function branch(level: number): string {
  return level === 0 ? "" : `${"   ".repeat(Math.min(level, DEEPEST_INDENT) - 1)}└─ `;
}

function endLines(end: EventTrace["causesEnd"], output: Output): readonly string[] {
  switch (end.kind) {
    case "origin":
      return [];
    case "missing":
      return [output.paint("warning", `The first cause, ${visibleText(end.id)}, is not in this log.`)];
    case "circle":
      return [output.paint("warning", `The causes go in a circle, back to ${visibleText(end.id)}.`)];
    case "limit":
      return [output.paint("warning", "There are more causes than are shown.")];
  }
}

function searchText({ after, upTo, isComplete }: EventTrace["search"], effects: number): string {
  const found = countText(effects, "effect");
  if (isComplete) return `${found}. All events after number ${numberText(after)} were searched.`;
  return `${found} up to number ${numberText(upTo)}, as far as was searched. --all searches further.`;
}
