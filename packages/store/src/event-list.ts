import { type AnyEvents, logIdentifier, type SourceIdentifier, type StoredEvent } from "@eventfold/types";
import type { StreamConstraint } from "./constraint.ts";
import type { EventSource } from "./event-source.ts";
import { checkedScanOptions, type ScanOptionsOf } from "./scan-options.ts";
import { isWithinBounds } from "./storage/within-bounds.ts";

/**
 * A source over events that are already in memory, such as those a publish returned.
 *
 * @param events in order of their sequence numbers.
 * @param identifier what source it appears as. Default: the log.
 *
 * @example
 * ```ts
 * const source = eventList(await stream.publish({ events }), stream.identifier);
 * ```
 */
export function eventList<TEvents extends object = AnyEvents>(
  events: readonly StoredEvent<TEvents>[],
  identifier: SourceIdentifier = logIdentifier(),
): EventSource<TEvents> {
  async function* scan(options: ScanOptionsOf<StreamConstraint> = {}): AsyncGenerator<StoredEvent<TEvents>> {
    const { bounds, direction, limit = events.length, signal } = checkedScanOptions(options, identifier.kind);
    const within = events.filter((event) => isWithinBounds(event as unknown as StoredEvent, bounds));
    for (const event of (direction === "forwards" ? within : within.reverse()).slice(0, limit)) {
      signal?.throwIfAborted();
      yield event;
    }
  }
  async function read(options?: ScanOptionsOf<StreamConstraint>): Promise<StoredEvent<TEvents>[]> {
    const collected: StoredEvent<TEvents>[] = [];
    for await (const event of scan(options)) collected.push(event);
    return collected;
  }
  async function* pages(options?: ScanOptionsOf<StreamConstraint>): AsyncGenerator<StoredEvent<TEvents>[]> {
    const page = await read(options);
    if (page.length > 0) yield page;
  }
  return {
    identifier,
    scan,
    pages,
    read,
    latest: async () => events.at(-1),
    [Symbol.asyncIterator]: () => scan(),
  };
}
