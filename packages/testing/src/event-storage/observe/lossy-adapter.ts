import type { EventStorage } from "@eventfold/store";
import { StorageUnavailableError } from "@eventfold/types";

/** A storage that writes, and then loses the reply to every write. */
export function lossyAdapter(beneath: EventStorage): EventStorage {
  return {
    get isClosed() {
      return beneath.isClosed;
    },
    save: async (request) => {
      await beneath.save(request);
      throw new StorageUnavailableError("The reply to the write was lost.");
    },
    latest: (source) => beneath.latest(source),
    eventById: (id) => beneath.eventById(id),
    scan: (source, options) => beneath.scan(source, options),
    categories: (options) => beneath.categories(options),
    streams: (category, options) => beneath.streams(category, options),
  };
}
