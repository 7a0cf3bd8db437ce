import { eventIdFrom, type StoredEvent } from "@eventfold/store";
import { aStoredEvent } from "@eventfold/testing";
import type { ClaimedLine, DeliveryLine, ParkedLine, SavedLine, UnparkedLine } from "@eventfold/testing/delivery";

/** The event with this number; `s` is its stream, whose first event has the number `first`. */
export function event(number: number, { s = "s", position = number - 1 } = {}): StoredEvent {
  const place = { category: "c", stream: s, position, sequenceNumber: number };
  return { ...aStoredEvent().build(), id: eventIdFrom("written", number), ...place };
}

/** Who owns a partition: the node `a` with the token 1, unless it is said otherwise. */
interface Owner {
  readonly node?: string;
  readonly partition?: number;
  readonly token?: number;
}

/** A node is given a partition. */
export function claim(atNs: number, own: Partial<ClaimedLine> = {}): DeliveryLine {
  const node = own.node ?? "a";
  return { kind: "claimed", node, session: `session of ${node}`, partition: 0, token: 1, checkpoint: 0, atNs, ...own };
}

let calls = 0;

/** A call of a handler; without an end its process ended first. */
export function handle(
  [from, to]: readonly [from: number, to?: number],
  events: StoredEvent | readonly StoredEvent[],
  own: Owner & { readonly attempt?: number; readonly error?: string } = {},
): DeliveryLine[] {
  calls += 1;
  const { node = "a", partition = 0, token = 1, attempt = 1, error } = own;
  const eventIds = [events].flat().map(({ id }) => id);
  const begun = { kind: "begun", node, call: calls, partition, token, attempt, eventIds, atNs: from } as const;
  if (to === undefined) return [begun];
  return [begun, { kind: "ended", node, call: calls, atNs: to, ...(error !== undefined && { error }) }];
}

/** A checkpoint is saved. */
export function save(atNs: number, checkpoint: number, own: Partial<SavedLine> = {}): DeliveryLine {
  return { kind: "saved", node: "a", partition: 0, token: 1, sentAtNs: atNs, atNs, checkpoint, ...own };
}

/** An event is parked. */
export function park(atNs: number, { id }: StoredEvent, own: Partial<ParkedLine> = {}): DeliveryLine {
  const written = { node: "a", partition: 0, token: 1, sentAtNs: atNs, atNs, isWholeStream: false };
  return { kind: "parked", ...written, eventId: id, ...own };
}

/** An event is no longer parked. */
export function unpark(atNs: number, { sequenceNumber }: StoredEvent, own: Partial<UnparkedLine> = {}): DeliveryLine {
  const written = { node: "a", partition: 0, token: 1, sentAtNs: atNs, atNs };
  return { kind: "unparked", ...written, sequenceNumbers: [sequenceNumber], ...own };
}
