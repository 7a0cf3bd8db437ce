import { setTimeout as delay } from "node:timers/promises";
import type { Message } from "./message.ts";
import type { Outbox } from "./outbox.ts";

/** How a relay works. */
export interface RelayOptions {
  /** Hands a message to another system. It must reject unless that system has it for good. */
  readonly deliver: (message: Message) => Promise<void>;
  /** Ends the relay between two messages. */
  readonly signal: AbortSignal;
  /** How long it waits when there is nothing to do, or a delivery has failed, in milliseconds. Default: 200. */
  readonly pauseMs?: number | undefined;
  /** Is told of each delivery that failed. It is tried again, and nothing comes before it. Default: nobody is told. */
  readonly onFailure?: ((error: unknown, message: Message) => void) | undefined;
}

const BATCH_SIZE = 100;

/**
 * Delivers the messages of an outbox by number, one after the other, until the signal ends it. A message is removed when it is
 * delivered, so a relay that is killed in between delivers that one message again: at least once, in order.
 *
 * Run one relay of an outbox at a time: two would deliver everything twice, and not in order.
 */
export async function relay(
  outbox: Outbox,
  { deliver, signal, pauseMs = 200, onFailure = () => {} }: RelayOptions,
): Promise<void> {
  while (!signal.aborted) {
    let isIdle = true;
    for (const message of await outbox.waiting(BATCH_SIZE)) {
      if (signal.aborted) return;
      try {
        await deliver(message);
      } catch (error) {
        onFailure(error, message);
        isIdle = true;
        break;
      }
      await outbox.remove(message);
      isIdle = false;
    }
    if (isIdle) await delay(pauseMs, undefined, { signal }).catch(() => {});
  }
}
