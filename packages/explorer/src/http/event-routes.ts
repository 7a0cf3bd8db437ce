import { findFirstEventFrom } from "@eventfold/operations";
import type { EventStorageAdapter } from "@eventfold/store";
import { checkedName, logIdentifier, type SourceIdentifier, type StreamIdentifier } from "@eventfold/types";
import { readEventDetail } from "../reading/event-detail.ts";
import type { EventFilter } from "../reading/event-filter.ts";
import { readEventPage } from "../reading/event-page.ts";
import { readTextAt } from "../reading/event-texts.ts";
import { readOverview } from "../reading/overview.ts";
import type { Parameters } from "./parameters.ts";
import { badRequest, notFound } from "./problem.ts";
import type { Routes } from "./route.ts";

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 200;
const NAMES_AT_ONCE = 100;

/** What is read of events. */
export function eventRoutes(events: EventStorageAdapter): Routes {
  const { storage } = events;
  return {
    "GET /api/overview": ({ signal }) => readOverview(events, signal),

    "GET /api/categories": async ({ parameters }) => {
      const after = parameters.text("after");
      return namesPage(storage.categories({ after, limit: NAMES_AT_ONCE + 1 }));
    },

    "GET /api/streams": async ({ parameters }) => {
      const category = categoryOf(parameters.requiredText("category"));
      const after = parameters.text("after");
      return namesPage(storage.streams(category, { after, limit: NAMES_AT_ONCE + 1 }));
    },

    "GET /api/events": ({ parameters, signal }) => {
      const [before, after] = [parameters.sequenceNumber("before"), parameters.sequenceNumber("after")];
      if (before !== undefined && after !== undefined) throw badRequest("Give before or after, not both.");
      const limit = parameters.integer("limit", { from: 1, to: LARGEST_PAGE }) ?? DEFAULT_PAGE;
      const [source, filter] = [sourceOf(parameters), filterOf(parameters)];
      return readEventPage(events, { source, before, after, limit, filter, signal });
    },

    "GET /api/events/at": async ({ parameters, signal }) => {
      const time = parameters.time("time");
      if (time === undefined) throw badRequest("time is missing.");
      const event = await findFirstEventFrom(events, { source: sourceOf(parameters), time, signal });
      return { sequenceNumber: event?.sequenceNumber ?? null, observedAtMs: event?.observedAt.getTime() ?? null };
    },

    "GET /api/event": async ({ parameters, signal }) => {
      const sequenceNumber = await numberOf(parameters);
      const detail = await readEventDetail(events, { sequenceNumber, signal });
      if (detail === undefined) throw notFound(`No event has the number ${sequenceNumber}.`);
      return detail;
    },

    "GET /api/event/payload": async ({ parameters, signal }) => {
      const number = await numberOf(parameters);
      const event = await readTextAt(events, number, { signal });
      if (event === undefined) throw notFound(`No event has the number ${number}.`);
      const attachment = `attachment; filename="event-${number}.json"`;
      return new Response(event.payload, {
        headers: { "content-type": "application/json", "content-disposition": attachment },
      });
    },
  };

  async function numberOf(parameters: Parameters): Promise<number> {
    const number = parameters.integer("number", { from: 1, to: Number.MAX_SAFE_INTEGER });
    if (number !== undefined) return number;
    const id = parameters.text("id")?.toLowerCase();
    if (id === undefined) throw badRequest("Give the number of an event, or its id.");
    const event = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id) ? await storage.eventById(id) : undefined;
    if (event === undefined) throw notFound(`No event has the id ${JSON.stringify(id)}.`);
    return event.sequenceNumber;
  }
}

/** A page of names: one more than is shown was asked for, to see whether there are more. */
async function namesPage(pages: AsyncIterable<readonly string[]>) {
  const names: string[] = [];
  for await (const page of pages) names.push(...page);
  const items = names.slice(0, NAMES_AT_ONCE);
  return { items, next: names.length > NAMES_AT_ONCE ? (items.at(-1) ?? null) : null };
}

function sourceOf(parameters: Parameters): SourceIdentifier {
  const category = parameters.text("category");
  if (category === undefined) return logIdentifier();
  if (parameters.text("stream") === undefined) return { kind: "category", category: categoryOf(category) };
  return streamOf(parameters);
}

/** The stream that a request names. */
export function streamOf(parameters: Parameters): StreamIdentifier {
  const category = categoryOf(parameters.requiredText("category"));
  return { kind: "stream", category, stream: checkedName("stream", parameters.requiredText("stream")) };
}

/** The library's own categories can be looked into too. */
function categoryOf(category: string): string {
  checkedName("category", category.startsWith("$") ? category.slice(1) : category);
  return category;
}

function filterOf(parameters: Parameters): EventFilter {
  const [member, value] = [parameters.text("member"), parameters.text("value")];
  if ((member === undefined) !== (value === undefined))
    throw badRequest("Give both member and value to filter by metadata, or neither.");
  const metadata = member === undefined || value === undefined ? undefined : { member, value };
  return { name: parameters.text("name"), text: parameters.text("text"), metadata };
}
