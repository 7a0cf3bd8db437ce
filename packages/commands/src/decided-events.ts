import { isUnawaited, type NewEvent } from "@eventfold/types";

/**
 * The events of a decision.
 *
 * @param returned what a decider returned.
 * @param knownNames the names of its events.
 * @param faultOf makes the error for what is wrong with it.
 */
export function decidedEvents(
  returned: unknown,
  knownNames: ReadonlySet<string>,
  faultOf: (reason: string) => Error,
): readonly NewEvent[] {
  if (returned === undefined || returned === null) {
    throw faultOf(`it is ${returned}; return [] when nothing is to happen`);
  }
  if (isUnawaited(returned)) {
    throw faultOf(
      "it is a promise, but deciders are synchronous; look up what they need before, and put it in the command",
    );
  }
  const events: readonly unknown[] = Array.isArray(returned) ? Array.from(returned) : [returned];
  for (const [index, event] of events.entries()) {
    const fault = faultOfEvent(event, knownNames);
    if (fault !== undefined) throw faultOf(`event ${index} ${fault}`);
  }
  return events as readonly NewEvent[];
}

function faultOfEvent(event: unknown, knownNames: ReadonlySet<string>): string | undefined {
  if (typeof event !== "object" || event === null)
    return `is not an object, but ${event === null ? "null" : typeof event}`;
  const name = (event as { readonly name?: unknown }).name;
  if (typeof name !== "string") return "has no name";
  return knownNames.has(name) ? undefined : `is named ${JSON.stringify(name)}, for which evolve has no handler`;
}
