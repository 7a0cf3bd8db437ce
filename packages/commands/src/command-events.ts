import { type EventStream, positionAfter } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import type { CommandEventIds } from "./command-id.ts";

/**
 * The events of a command among those of its stream. They were published together, so each is at its place behind the first,
 * and has the id of that place.
 */
export class CommandEvents {
  readonly #idOf: CommandEventIds;
  readonly #firstId: string;
  readonly #found: StoredEvent[] = [];
  #firstPosition: number | undefined;
  #isPassed = false;

  constructor(idOf: CommandEventIds) {
    this.#idOf = idOf;
    this.#firstId = idOf(0);
  }

  /** Those that were found, in order. */
  get found(): readonly StoredEvent[] {
    return this.#found;
  }

  /** Looks at the next event of the stream. They are to be shown in order; one that was found is passed over when it is shown again. */
  see(event: StoredEvent): void {
    if (this.#isPassed) return;
    if (event.id === this.#firstId) this.#firstPosition ??= event.position;
    if (this.#firstPosition === undefined || this.#isFound(event)) return;
    if (event.id === this.#idOf(event.position - this.#firstPosition)) this.#found.push(event);
    else this.#isPassed = true;
  }

  #isFound({ sequenceNumber, part = 0 }: StoredEvent): boolean {
    const last = this.#found.at(-1);
    if (last === undefined || sequenceNumber > last.sequenceNumber) return false;
    return sequenceNumber < last.sequenceNumber || part <= (last.part ?? 0);
  }

  /** Looks for them among events that were not shown: one look-up, and a scan from the first one on if there is one. */
  async lookUp(stream: EventStream, signal: AbortSignal | undefined): Promise<void> {
    this.#firstPosition = await stream.positionOf(this.#firstId);
    if (this.#firstPosition === undefined) return;
    const constraints = this.#firstPosition === 0 ? [] : [positionAfter(this.#firstPosition - 1)];
    for await (const event of stream.scan({ constraints, signal })) {
      this.see(event);
      if (this.#isPassed) return;
    }
  }
}
