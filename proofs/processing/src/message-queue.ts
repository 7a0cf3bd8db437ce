import type { ForeignMessage } from "@eventfold/processing";

/** A queue of another system: messages at positions of its own, of which every third is used. */
export class MessageQueue {
  readonly #messages: ForeignMessage<string>[] = [];
  /** After which positions it was read. */
  readonly reads: number[] = [];

  get latest(): number {
    return this.#messages.at(-1)?.position ?? 0;
  }

  push(message: string, stream?: string): number {
    const position = this.latest + 3;
    this.#messages.push({ position, message, stream });
    return position;
  }

  /** What lies after a position, in pages of some. */
  async *after(position: number, pageSize = 4): AsyncGenerator<readonly ForeignMessage<string>[]> {
    this.reads.push(position);
    const messages = this.#messages.filter((message) => message.position > position);
    while (messages.length > 0) yield messages.splice(0, pageSize);
  }
}
