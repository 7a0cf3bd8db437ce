import type { StoredEvent } from "@eventfold/store";
import { isEventfoldError } from "@eventfold/types";

/** Publishes, and tries again while a frozen process has the storage locked. */
export async function publishAtLast<TEvent extends Pick<StoredEvent, "sequenceNumber">>(
  publish: () => Promise<readonly TEvent[]>,
): Promise<readonly TEvent[]> {
  for (;;) {
    try {
      return await publish();
    } catch (error) {
      if (!isEventfoldError(error) || !error.isRetryable) throw error;
    }
  }
}
