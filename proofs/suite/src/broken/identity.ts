import { randomUUID } from "node:crypto";
import type { EventStorageAdapter } from "@eventfold/store";
import type { SaveRequest, SaveResult } from "@eventfold/store/adapter";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { changedAdapter } from "../changed-adapter.ts";

/** An adapter that answers some verdicts of the one beneath otherwise. */
function answering(
  beneath: EventStorageAdapter,
  answer: (result: SaveResult, request: SaveRequest) => SaveResult | Promise<SaveResult>,
): EventStorageAdapter {
  return changedAdapter(beneath, { save: async (request) => answer(await beneath.storage.save(request), request) });
}

/** The request with other ids. */
export function renamed({ writes }: SaveRequest): SaveRequest {
  return {
    writes: writes.map((write) => ({
      ...write,
      events: write.events.map((event) => ({ ...event, id: randomUUID() })),
    })),
  };
}

/** What is wrong with how these tell events apart: rules 6 and 21. */
export const brokenIdentity: readonly BrokenAdapter[] = [
  {
    rule: 6,
    fault: "stores a repeat again",
    wrap: (beneath) =>
      answering(beneath, (result, request) =>
        result.kind === "repeat" ? beneath.storage.save(renamed(request)) : result,
      ),
  },
  {
    rule: 6,
    fault: "does not say that a repeat is one",
    wrap: (beneath) =>
      answering(beneath, (result) => (result.kind === "repeat" ? { ...result, kind: "stored" } : result)),
  },
  {
    rule: 6,
    fault: "takes a repeat for duplicates",
    wrap: (beneath) =>
      answering(beneath, (result) =>
        result.kind === "repeat" ? { kind: "duplicate", ids: result.events.flat().map(({ id }) => id) } : result,
      ),
  },
  {
    rule: 6,
    fault: "accepts ids that are stored elsewhere",
    wrap: (beneath) =>
      answering(beneath, (result, request) =>
        result.kind === "duplicate" ? beneath.storage.save(renamed(request)) : result,
      ),
  },
  {
    rule: 6,
    fault: "stores the new part of a publish whose other ids are stored",
    wrap: (beneath) =>
      answering(beneath, (result, request) => {
        if (result.kind !== "duplicate") return result;
        const writes = request.writes.map((write) => ({
          ...write,
          events: write.events.filter(({ id }) => !result.ids.includes(id)),
        }));
        return beneath.storage.save({ writes });
      }),
  },
  {
    rule: 6,
    fault: "judges the condition before the repeat",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async (request) => {
          const checks = await beneath.storage.save({
            writes: request.writes.map((write) => ({ ...write, events: [] })),
          });
          return checks.kind === "unmet" ? checks : beneath.storage.save(request);
        },
      }),
  },
  {
    rule: 6,
    fault: "returns the repeated content instead of what is stored",
    wrap: (beneath) =>
      answering(beneath, (result, request) => {
        if (result.kind !== "repeat") return result;
        const events = result.events.map((stored, write) =>
          stored.map((event, index) => ({
            ...event,
            payload: JSON.parse(request.writes[write]?.events[index]?.payload ?? "null"),
          })),
        );
        return { ...result, events };
      }),
  },
  {
    rule: 6,
    fault: "does not wait for the original of a repeat that races it",
    wrap: (beneath) => {
      const underWay = new Set<string>();
      return changedAdapter(beneath, {
        save: async (request) => {
          const ids = request.writes.flatMap(({ events }) => events.map(({ id }) => id));
          const taken = ids.filter((id) => underWay.has(id));
          if (taken.length > 0) return { kind: "duplicate", ids: taken };
          for (const id of ids) underWay.add(id);
          await new Promise(setImmediate);
          const result = await beneath.storage.save(request);
          for (const id of ids) underWay.delete(id);
          return result;
        },
      });
    },
  },
  {
    rule: 21,
    fault: "stores a request twice when it is sent again after a lost reply",
    wrap: (beneath) => changedAdapter(beneath, { save: (request) => beneath.storage.save(renamed(request)) }),
  },
  {
    rule: 21,
    fault: "takes what was stored before its reply was lost for duplicates",
    wrap: (beneath) =>
      answering(beneath, (result) =>
        result.kind === "repeat" ? { kind: "duplicate", ids: result.events.flat().map(({ id }) => id) } : result,
      ),
  },
];
