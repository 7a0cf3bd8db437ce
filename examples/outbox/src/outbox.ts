import type { Message } from "./message.ts";

/** What a relay needs of an outbox. */
export interface Outbox {
  /** The messages that wait, by number, at most `limit`. */
  waiting(limit: number): Promise<readonly Message[]>;

  /** Removes a message that was delivered. */
  remove(message: Message): Promise<void>;
}
