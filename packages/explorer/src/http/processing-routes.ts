import { countParked, readParkedPage, readSubscriptions } from "@eventfold/operations";
import {
  type ParkedKey,
  type ParkedSelection,
  ProcessingControl,
  type ProcessingStorageAdapter,
} from "@eventfold/processing";
import type { ExplorerOptions } from "../explorer-options.ts";
import type { Parameters } from "./parameters.ts";
import { badRequest, forbidden, notFound, ProblemError } from "./problem.ts";
import type { Routes } from "./route.ts";

/** What is read of subscriptions, and what may be changed about parked events. */
export function processingRoutes(
  processing: ProcessingStorageAdapter,
  { events, subscriptions = [], allowChanges = false }: ExplorerOptions,
): Routes {
  const control = new ProcessingControl({ storage: processing });
  return {
    "GET /api/subscriptions": () => readSubscriptions(events.storage, processing),

    "GET /api/subscriptions/lag": async ({ parameters }) => {
      const name = parameters.requiredText("name");
      const given = subscriptions.find((each) => each.name === name);
      if (given === undefined)
        throw notFound(
          `The explorer was not given the subscription ${JSON.stringify(name)}, and cannot tell which events it handles.`,
        );
      return control.lag(given);
    },

    "GET /api/parked": async ({ parameters }) => {
      const subscription = parameters.requiredText("subscription");
      return (
        (await readParkedPage(processing, { subscription, after: keyOf(parameters) })) ?? refuseUnknown(subscription)
      );
    },

    "GET /api/parked/count": async ({ parameters }) => {
      const subscription = parameters.requiredText("subscription");
      return { count: await countOf(subscription, selectionOf(parameters)) };
    },

    "POST /api/parked/replay": ({ parameters, body }) => change("replay", { parameters, body }),
    "POST /api/parked/drop": ({ parameters, body }) => change("drop", { parameters, body }),
  };

  async function countOf(subscription: string, selection: ParkedSelection): Promise<number> {
    return (await countParked(processing, { subscription, selection })) ?? refuseUnknown(subscription);
  }

  /** Whoever asks for a change names how many events they mean: if it is another number by now, nothing is changed. */
  async function change(kind: "replay" | "drop", given: { readonly parameters: Parameters; readonly body: unknown }) {
    if (!allowChanges)
      throw forbidden(
        "CHANGES_NOT_ALLOWED",
        "This explorer is read-only. Start it with `allowChanges` to replay and drop parked events.",
      );
    const subscription = given.parameters.requiredText("subscription");
    const selection = selectionOf(given.parameters);
    const confirmed = confirmedCount(given.body);
    const count = await countOf(subscription, selection);
    if (count !== confirmed) throw countChanged({ confirmed, count });
    const outcomes = await control[kind](subscription, selection);
    return { count, isWaiting: outcomes.some((outcome) => outcome.kind === "waiting") };
  }
}

function countChanged({ confirmed, count }: { readonly confirmed: number; readonly count: number }): ProblemError {
  const detail = `${confirmed} parked events were confirmed, but there are ${count} now. Look again, and confirm that number.`;
  return new ProblemError({ status: 409, code: "COUNT_CHANGED", title: "What is parked has changed", detail });
}

function refuseUnknown(subscription: string): never {
  throw notFound(`No subscription with the name ${JSON.stringify(subscription)} is stored.`);
}

function confirmedCount(body: unknown): number {
  const count = typeof body === "object" && body !== null && "count" in body ? body.count : undefined;
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 1) return count;
  throw badRequest('The body must confirm how many parked events are meant, such as {"count": 3}.');
}

function selectionOf(parameters: Parameters): ParkedSelection {
  const sequenceNumber = parameters.sequenceNumber("event");
  const category = parameters.text("category");
  if (sequenceNumber !== undefined && category !== undefined) throw badRequest("Give an event or a stream, not both.");
  if (sequenceNumber !== undefined) return { kind: "event", sequenceNumber };
  if (category !== undefined) return { kind: "stream", category, stream: parameters.requiredText("stream") };
  return { kind: "all" };
}

function keyOf(parameters: Parameters): ParkedKey | undefined {
  const sequenceNumber = parameters.sequenceNumber("after");
  if (sequenceNumber === undefined) return undefined;
  return { sequenceNumber, hash: parameters.integer("hash", { from: 0, to: 0xffff_ffff }) ?? 0xffff_ffff };
}
