import type { EventHandler } from "./event-handler.ts";
import { checkSource, printSubscribedSource, type SubscribableSource } from "./subscribable-source.ts";
import {
  type Subscription,
  type SubscriptionDefinition,
  type SubscriptionOptions,
  subscription,
} from "./subscription.ts";

/** Subscriptions that are to be made, one to each of several sources. */
export type SubscriptionGroupDefinition<TEvents extends object, TTransaction extends object = never> = Omit<
  SubscriptionOptions<TEvents, TTransaction>,
  "source"
> & {
  /** At least one, each once. */
  readonly sources: readonly SubscribableSource<TEvents>[];
} & EventHandler<TEvents, TTransaction>;

/**
 * Makes a subscription to each of several sources, with one handler: to the partitions of a queue, for example, or to some categories.
 * Brokers deal the sources of a group out one by one, as they do with partitions. Each keeps checkpoints of its own, and is paused,
 * resumed, replayed and reported by its own name: that of the group, a slash, and the name of a foreign source or the text of another
 * one, such as `mails/category/users`.
 *
 * @returns in the order of the sources: give all of them to each broker.
 * @throws `RangeError` when there is no source, or one appears twice; else as {@link subscription}.
 *
 * @example
 * ```ts
 * const mails = subscriptionGroup({
 *   name: "mails",
 *   sources: [store.category("users"), store.category("guests")],
 *   handleEvent: (event) => mailer.send(event.name),
 * });
 * const broker = new EventBroker({ name: "worker-1", storage, subscriptions: mails });
 * ```
 */
export function subscriptionGroup<TEvents extends object, TTransaction extends object = never>(
  definition: SubscriptionGroupDefinition<TEvents, TTransaction>,
): readonly Subscription[] {
  const { sources, name } = definition ?? {};
  if (!Array.isArray(sources) || sources.length === 0) throw new RangeError("A group must have at least one source.");
  const made = sources.map((source) => memberOf(definition, source));
  const names = new Set(made.map((member) => member.name));
  if (names.size === made.length) return Object.freeze(made);
  throw new RangeError(`A source appears twice in the group ${JSON.stringify(name)}.`);
}

function memberOf<TEvents extends object, TTransaction extends object>(
  { sources: _, ...definition }: SubscriptionGroupDefinition<TEvents, TTransaction>,
  source: SubscribableSource<TEvents>,
): Subscription {
  checkSource(source);
  const own = source.identifier.kind === "foreign" ? source.identifier.name : printSubscribedSource(source);
  const member: SubscriptionDefinition<TEvents, TTransaction> = {
    ...definition,
    source,
    name: `${definition.name}/${own}`,
  };
  return subscription(member);
}
