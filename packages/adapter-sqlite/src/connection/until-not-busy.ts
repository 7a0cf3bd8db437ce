import { setTimeout as delay } from "node:timers/promises";
import type { Deadline } from "@eventfold/store/adapter";
import { StorageBusyError } from "@eventfold/types";
import { isBusy, translateError } from "./translate-error.ts";

/** The longest pause between two attempts. Longer ones keep losing the turn to a busy neighbour. */
const LONGEST_PAUSE_MS = 8;

/**
 * Does work that another connection's lock may prevent, repeating it with random pauses until it succeeds. The driver's
 * own time-out would block the event loop.
 *
 * @throws `StorageBusyError` when the time is up; other failures at once, translated.
 */
export async function untilNotBusy<T>(attempt: () => T, deadline: Deadline): Promise<T> {
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw translateError(error);
      if (deadline.isOver) {
        throw new StorageBusyError("Another connection held the database for longer than the write time-out.", {
          cause: error,
        });
      }
    }
    await delay(Math.random() * pauseMs);
  }
}
