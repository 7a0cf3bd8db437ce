import { readTexts, type StatePlace, stateAt, traceEvent } from "@eventfold/operations";
import { ProjectionStore } from "@eventfold/projections";
import type { SourceIdentifier } from "@eventfold/store";
import { FILTER_FORMS, parseFilters } from "../arguments/filter.ts";
import { parseTime, TIME_USAGE } from "../arguments/time.ts";
import { projectorNamed } from "../config/projector-named.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";
import { eventAnswer, newestEvents, TEXTS_OF_EVENT } from "./event-answer.ts";
import { type AnyTool, defineTool } from "./tool.ts";

const TEXT = (description: string) => ({ type: "string", description });
const LIMIT = { type: "integer", minimum: 1, maximum: 100, description: "At most that many. Default: 20." };
const BEFORE = { type: "integer", minimum: 1, description: "The cursor `next.before` of the page before." };
const AFTER = TEXT("The last name of the page before.");
const DEFAULT_LIMIT = 20;
const NAMES_LIMIT = 200;

interface Page {
  readonly before?: number;
  readonly limit?: number;
}

/** The tools that read events, states and projections. */
export const READING_TOOLS: readonly AnyTool[] = [
  defineTool<{ readonly after?: string }>({
    name: "list_categories",
    description: "Lists the categories of the log in code-point order, at most 200 a call.",
    parameters: { properties: { after: AFTER } },
    answer: async ({ database: { store }, given: { after } }) => {
      const categories: string[] = [];
      for await (const { category } of store.categories({ after, limit: NAMES_LIMIT })) categories.push(category);
      return { categories };
    },
  }),
  defineTool<{ readonly category: string; readonly after?: string }>({
    name: "list_streams",
    description: "Lists the streams of a category in code-point order, at most 200 a call.",
    parameters: { properties: { category: TEXT("The name of the category."), after: AFTER }, required: ["category"] },
    answer: async ({ database: { store }, given: { category, after } }) => {
      const streams: string[] = [];
      for await (const { stream } of store.category(category).streams({ after, limit: NAMES_LIMIT }))
        streams.push(stream);
      return { category, streams };
    },
  }),
  defineTool<Page & { readonly category: string; readonly stream: string }>({
    name: "show_stream",
    description:
      "Shows the newest events of a stream, the newest first. Payloads and metadata are cut; show_event shows more.",
    parameters: {
      properties: { category: TEXT("Its category."), stream: TEXT("Its name."), before: BEFORE, limit: LIMIT },
      required: ["category", "stream"],
    },
    answer: ({ database, given: { category, stream, before, limit = DEFAULT_LIMIT }, signal }) =>
      newestEvents(database.events, { kind: "stream", category, stream }, { before, limit, signal }),
  }),
  defineTool<Page & { readonly category?: string }>({
    name: "recent_events",
    description:
      "Shows the newest events of the log or of a category, the newest first. Payloads and metadata are cut.",
    parameters: {
      properties: { category: TEXT("Only this category. Default: the log."), before: BEFORE, limit: LIMIT },
    },
    answer: ({ database, given: { category, before, limit = DEFAULT_LIMIT }, signal }) => {
      const source: SourceIdentifier = category === undefined ? { kind: "log" } : { kind: "category", category };
      return newestEvents(database.events, source, { before, limit, signal });
    },
  }),
  defineTool<{ readonly id: string }>({
    name: "show_event",
    description: "Shows one event, its payload and metadata up to 8,000 characters each.",
    parameters: { properties: { id: TEXT("The id of the event, a UUID.") }, required: ["id"] },
    answer: async ({ database: { events, store }, given: { id } }) => {
      const found = await store.eventById(id.toLowerCase());
      if (found === undefined) throw notFound(`There is no event with the id ${JSON.stringify(id)}.`);
      const { category, stream, sequenceNumber } = found;
      const itself = { after: sequenceNumber - 1, before: sequenceNumber + 1, maxTextLength: TEXTS_OF_EVENT };
      for await (const [event] of readTexts(
        events,
        { kind: "stream", category, stream },
        { ...itself, direction: "forwards" },
      )) {
        if (event !== undefined) return { event: eventAnswer(event) };
      }
      throw notFound(`The event ${JSON.stringify(id)} cannot be read.`);
    },
  }),
  defineTool<{ readonly id: string }>({
    name: "trace_event",
    description:
      "Shows what caused an event and what it caused, as far as metadata says so. It searches at most 100,000 sequence numbers.",
    parameters: { properties: { id: TEXT("The id of the event, a UUID.") }, required: ["id"] },
    answer: async ({ database: { events }, given: { id }, signal }) => {
      const trace = await traceEvent(events, id.toLowerCase(), { limit: 100, signal });
      if (trace === undefined) throw notFound(`There is no event with the id ${JSON.stringify(id)}.`);
      return trace;
    },
  }),
  defineTool<{
    readonly projection: string;
    readonly filters?: readonly string[];
    readonly sort?: readonly string[];
    readonly limit?: number;
  }>({
    name: "search_projections",
    description: `Searches the stored projections of a name. All filters must hold. ${FILTER_FORMS.map(([form, meaning]) => `${form}: ${meaning}`).join("; ")}.`,
    parameters: {
      properties: {
        projection: TEXT("The name of the projections."),
        filters: { type: "array", items: { type: "string" }, maxItems: 20, description: "Such as state.balance>=100." },
        sort: { type: "array", items: { type: "string" }, maxItems: 5, description: "Such as state.balance:desc." },
        limit: LIMIT,
      },
      required: ["projection"],
    },
    answer: async ({
      database,
      given: { projection: name, filters = [], sort = [], limit = DEFAULT_LIMIT },
      signal,
    }) => {
      const adapter = await database.projections();
      if (adapter === undefined) throw notFound("No projections are stored here.");
      const projections: object[] = [];
      const found = new ProjectionStore({ adapter }).all(parseFilters(filters, sort), {
        name,
        pageSize: limit,
        signal,
      });
      for await (const projection of found) if (projections.push(projection) === limit) break;
      return { projections };
    },
  }),
  defineTool<{
    readonly projector: string;
    readonly category: string;
    readonly stream: string;
    readonly asOf?: string;
    readonly by?: "observed" | "occurred";
  }>({
    name: "state_of_stream",
    description:
      "Folds a stream by a projector of the config, up to its newest event or up to a time, and shows the state.",
    parameters: {
      properties: {
        projector: TEXT("The name of the projector."),
        category: TEXT("The category of the stream."),
        stream: TEXT("The name of the stream."),
        asOf: TEXT(`${TIME_USAGE}. Default: now.`),
        by: { enum: ["observed", "occurred"], description: "By which time of its events. Default: observed." },
      },
      required: ["projector", "category", "stream"],
    },
    answer: async ({ database: { store, projectors }, given, signal }) => {
      const { category, stream, asOf, by = "observed" } = given;
      const projector = projectorNamed(projectors, given.projector);
      const place: StatePlace = asOf === undefined ? { kind: "newest" } : { kind: by, time: parseTime(asOf) };
      const source = { kind: "stream", category, stream } as const;
      return { projections: await stateAt({ store, projector, source, place, signal }) };
    },
  }),
];

function notFound(message: string): Failure {
  return new Failure(message, { exitCode: EXIT_CODES.notFound });
}
