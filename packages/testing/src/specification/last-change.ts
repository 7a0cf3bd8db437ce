import { type Difference, differencesBetween, valueAt } from "./difference.ts";
import type { LocatedDifference } from "./difference-text.ts";
import { eventText } from "./given-event.ts";

/** The history of a state. */
export interface StateHistory {
  /** The name of the state in messages. */
  readonly name: string;
  /** Before any event, and after each. */
  readonly states: readonly unknown[];
  readonly events: readonly { readonly name: string }[];
}

/** For each difference of a state, the event that last changed the place of the difference: its handler is the one to look at. */
export function lastChanges(differences: readonly Difference[], history: StateHistory): LocatedDifference[] {
  return differences.map((each) => ({ ...each, within: history.name, remark: remarkOn(each, history) }));
}

function remarkOn({ path }: Difference, { states, events }: StateHistory): string {
  const values = states.map((state) => valueAt(state, path));
  for (const [index, event] of [...events.entries()].reverse()) {
    const hasChanged = differencesBetween(values[index], values[index + 1]).length > 0;
    if (hasChanged) return `last changed by ${eventText(index, event)}`;
  }
  return "changed by no event";
}
