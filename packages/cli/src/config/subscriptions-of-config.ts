import type { Subscription } from "@eventfold/processing";
import type { ProjectionStorageAdapter } from "@eventfold/projections";
import type { EventStorageAdapter } from "@eventfold/store";
import { refusedFunction } from "./adapter-of-config.ts";
import type { Config } from "./config.ts";

/**
 * The subscriptions of a config. A function that makes them is given the adapters that are opened.
 *
 * @throws `Failure` when it fails by itself, or returns no list; the library's errors as they are.
 */
export async function subscriptionsOfConfig(
  given: NonNullable<Config["subscriptions"]>,
  events: EventStorageAdapter,
  openProjections: () => Promise<ProjectionStorageAdapter | undefined>,
): Promise<readonly Subscription[]> {
  if (typeof given !== "function") return given;
  const projections = await openProjections();
  let made: readonly Subscription[];
  try {
    made = given(events, projections);
  } catch (cause) {
    throw refusedFunction("subscriptions", cause);
  }
  if (Array.isArray(made)) return made;
  throw refusedFunction("subscriptions", "it has returned no list of subscriptions");
}
