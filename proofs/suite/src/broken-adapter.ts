import type { EventStorageAdapter } from "@eventfold/store";
import type { EventStorageRule, StorageUnderTest } from "@eventfold/testing";

/** A rule that is broken, and how. */
export interface BrokenRule {
  /** The rule that a test must cite to have caught it: its number, or `"transactions"`. */
  readonly rule: EventStorageRule;
  /** What is wrong, as a sentence about the adapter. */
  readonly fault: string;
  /** What a test that catches it at once says, where one that waits for it would say no more than that it waited in vain. */
  readonly says?: string;
  /** Nothing shows the fault but that a call is never answered, so the test that catches it waits in vain. */
  readonly isWaitedFor?: boolean;
}

/** An adapter that breaks a rule. */
export interface BrokenAdapter extends BrokenRule {
  /** Breaks an adapter that works. */
  readonly wrap: (beneath: EventStorageAdapter) => EventStorageAdapter;
}

/** Durable, shared storage that breaks a rule. */
export interface BrokenStorage extends BrokenRule {
  readonly create: () => Promise<StorageUnderTest>;
}
