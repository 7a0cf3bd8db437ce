import { readParkedPage, readSubscriptions } from "@eventfold/operations";
import { openProcessing } from "../processing/opened-processing.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";
import { type AnyTool, defineTool } from "./tool.ts";

const PAGE_SIZE = 20;
const GREATEST_HASH = 0xffff_ffff;

/** The tools that say how subscriptions are. They ask them to do nothing. */
export const PROCESSING_TOOLS: readonly AnyTool[] = [
  defineTool<object>({
    name: "subscription_status",
    description:
      "Shows the subscriptions with their partitions: how far each is, how far it is behind in sequence numbers, on which node, whether it is paused, its error, and how many of its events are parked.",
    parameters: { properties: {} },
    answer: async ({ database }) => readSubscriptions(database.events.storage, await openProcessing(database)),
  }),
  defineTool<{ readonly subscription: string; readonly after?: number }>({
    name: "parked_events",
    description:
      "Shows events of a subscription that could not be handled, with their errors, by sequence number, 20 a call.",
    parameters: {
      properties: {
        subscription: { type: "string", description: "The name of the subscription." },
        after: { type: "integer", minimum: 0, description: "The cursor `next.after` of the page before." },
      },
      required: ["subscription"],
    },
    answer: async ({ database, given: { subscription, after } }) => {
      const place = after === undefined ? undefined : { sequenceNumber: after, hash: GREATEST_HASH };
      const page = await readParkedPage(await openProcessing(database), {
        subscription,
        after: place,
        limit: PAGE_SIZE,
      });
      if (page === undefined) {
        throw new Failure(`There is no subscription ${JSON.stringify(subscription)}.`, {
          exitCode: EXIT_CODES.notFound,
        });
      }
      return {
        count: page.count,
        events: page.events.map(({ parkedAtMs, ...parked }) => ({ ...parked, parkedAt: new Date(parkedAtMs) })),
        next: page.next === null ? null : { after: page.next.sequenceNumber },
      };
    },
  }),
];
