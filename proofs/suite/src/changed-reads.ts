import type { StoredEvent } from "@eventfold/store";
import type { EventStorage } from "@eventfold/store/adapter";

type Reads = Pick<EventStorage, "save" | "latest" | "eventById" | "scan">;

/** Members that pass every event which leaves the storage through a function. */
export function readsThrough(beneath: EventStorage, change: (event: StoredEvent) => StoredEvent): Reads {
  return {
    save: async (request) => {
      const result = await beneath.save(request);
      return "events" in result ? { ...result, events: result.events.map((events) => events.map(change)) } : result;
    },
    latest: async (source) => {
      const event = await beneath.latest(source);
      return event && change(event);
    },
    eventById: async (id) => {
      const event = await beneath.eventById(id);
      return event && change(event);
    },
    scan: async function* (source, options) {
      for await (const page of beneath.scan(source, options)) yield page.map(change);
    },
  };
}
