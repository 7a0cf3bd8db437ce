import type { WriteCondition } from "@eventfold/store";
import type { JsonValue } from "@eventfold/types";

/** The stream of its category, both by number. */
export interface StreamPlan {
  readonly category: number;
  readonly stream: number;
}

/** What is read: the log, a category or a stream. */
export type SourcePlan =
  | { readonly kind: "log" }
  | { readonly kind: "category"; readonly category: number }
  | ({ readonly kind: "stream" } & StreamPlan);

/** An item of a query; tags by number. */
export interface QueryItemPlan {
  readonly names?: readonly string[] | undefined;
  readonly tags?: readonly number[] | undefined;
}

/** What a publish is to be refused for: that an event ever matched, or that one of the boundaries that were read has changed. */
export type FailIfPlan =
  | { readonly kind: "ever-matched"; readonly items: readonly QueryItemPlan[] }
  | { readonly kind: "boundary-changed"; readonly boundary: number };

/** An event to publish. */
export interface EventPlan {
  /** One of a few ids, so that some are used several times; `undefined` for an id of its own. */
  readonly id: number | undefined;
  readonly name: string;
  readonly payload: JsonValue;
  readonly metadata: JsonValue | undefined;
  readonly version: number | undefined;
  readonly observedAtMs: number;
  readonly occurredAtMs: number | undefined;
  /** By number; some of them twice. */
  readonly tags: readonly number[];
}

/** A condition, or `unchanged`: the stream is as it was when the publish was about to be made. */
export type ConditionPlan = WriteCondition | { readonly kind: "unchanged" };

/** What to publish to a stream, or to check about it. */
export interface EntryPlan extends StreamPlan {
  readonly events: readonly EventPlan[];
  readonly condition: ConditionPlan | undefined;
}

/** A bound next to the sequence number of a known event, or a constraint as it is. */
export type ConstraintPlan =
  | {
      readonly kind: "sequence-number-after" | "sequence-number-before";
      readonly of: number;
      readonly shift: number;
    }
  | { readonly kind: "position-after" | "position-before"; readonly position: number }
  | {
      readonly kind: "occurred-after" | "occurred-before" | "observed-after" | "observed-before";
      readonly timeMs: number;
    }
  | { readonly kind: "name-in"; readonly names: readonly string[] }
  | { readonly kind: "events-match"; readonly items: readonly QueryItemPlan[] };

/** A publish through a stream, a category or the store. */
export interface PublishCommand {
  readonly kind: "publish";
  readonly through: "stream" | "category" | "store";
  readonly entries: readonly EntryPlan[];
  readonly failIf?: FailIfPlan | undefined;
}

/** A repeat of an earlier publish, with the same ids. */
export interface RepeatCommand {
  readonly kind: "publish-again";
  /** Which of the earlier publishes. */
  readonly publish: number;
}

/** A read or a scan. */
export interface ReadCommand {
  readonly kind: "read" | "scan";
  readonly source: SourcePlan;
  readonly constraints: readonly ConstraintPlan[];
  readonly direction: "forwards" | "backwards";
  readonly limit: number | undefined;
}

/** What is done with the storage, through one of its two adapters if it can be shared. */
export type Command = { readonly adapter: 0 | 1 } & (
  | PublishCommand
  | RepeatCommand
  | ReadCommand
  | { readonly kind: "boundary"; readonly items: readonly QueryItemPlan[] }
  | { readonly kind: "latest"; readonly source: SourcePlan }
  | { readonly kind: "event-by-id"; readonly id: number }
  | { readonly kind: "categories"; readonly limit: number | undefined }
  | {
      readonly kind: "streams";
      readonly category: number;
      readonly after: number | undefined;
      readonly limit: number | undefined;
    }
  | { readonly kind: "reopen" }
);

/** Commands, one after another. */
export type Program = readonly Command[];

/** Commands of several callers at once. Each caller runs its own in order, and before each command lets the others have so many turns. */
export type ConcurrentProgram = readonly (readonly { readonly turns: number; readonly command: Command }[])[];
