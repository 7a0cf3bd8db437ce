import { eventIdFrom } from "@eventfold/store";
import type { StreamIdentifier } from "@eventfold/types";

/** Makes the ids of the events that a command leads to in one of its streams, by their place among them. */
export type CommandEventIds = (n: number) => string;

/**
 * The ids of the events that a command leads to in a stream. They never change, for they are stored: those of a command on one
 * stream are made from the stream and the command's id, those of a command on several from all of them, in any order. So the
 * same command id on another stream, or on other streams together, is another command.
 *
 * @param scope all streams of the command.
 */
export function commandEventIds(
  commandId: string,
  scope: readonly StreamIdentifier[],
  { category, stream }: StreamIdentifier,
): CommandEventIds {
  const idOf = scope.length === 1 ? idOnOneStream() : idOnSeveral();
  const ids = new Map<number, string>();
  return (n) => {
    const id = ids.get(n) ?? idOf(n);
    ids.set(n, id);
    return id;
  };

  function idOnOneStream(): CommandEventIds {
    return (n) => eventIdFrom("command", category, stream, commandId, n);
  }

  function idOnSeveral(): CommandEventIds {
    const together = scope.map((each) => JSON.stringify([each.category, each.stream])).sort();
    return (n) => eventIdFrom("commands", ...together, commandId, category, stream, n);
  }
}
