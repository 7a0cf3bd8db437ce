import type { AnyProjector } from "@eventfold/operations";
import type { ProcessingStorageAdapter, Subscription } from "@eventfold/processing";
import type { ProjectionStorageAdapter } from "@eventfold/projections";
import type { EventStorageAdapter, Logger } from "@eventfold/store";

/**
 * Says who may use the explorer. `false` refuses with 403; a response is sent as it is, such as a 401 that asks for a password or a
 * redirection to a sign-in page. It is asked for each request; what it throws is a 500.
 */
export type Authorize = (request: Request) => boolean | Response | Promise<boolean | Response>;

/** What an explorer shows, and to whom. It closes none of the adapters. */
export interface ExplorerOptions {
  /** The log to look into: an opened adapter. */
  readonly events: EventStorageAdapter;
  /** Projections to search. Default: none. */
  readonly projections?: ProjectionStorageAdapter | undefined;
  /** Subscriptions and parked events to look at. Default: none. */
  readonly processing?: ProcessingStorageAdapter | undefined;
  /** Projectors by which streams can be folded, and whose projections can be searched. Default: none. */
  readonly projectors?: readonly AnyProjector[] | undefined;
  /** Subscriptions whose waiting events can be counted. All stored ones are shown, whether or not they are given. Default: none. */
  readonly subscriptions?: readonly Subscription[] | undefined;
  /** Whether parked events may be replayed and dropped. Nothing else can ever be changed. Default: `false`. */
  readonly allowChanges?: boolean | undefined;
  /** Says who may use it. */
  readonly authorize?: Authorize | undefined;
  /**
   * The host names by which it may be called beside `localhost`, `127.0.0.1` and `[::1]`, without ports. Requests by any other name are
   * refused, so that no other site gets in by a name that it points here. Default: none.
   */
  readonly hosts?: readonly string[] | undefined;
  /** Is told of requests that failed. Default: nobody. */
  readonly logger?: Logger | undefined;
}

/** The members of {@link ExplorerOptions}, as `memberNames` takes them. */
export const EXPLORER_MEMBERS: { readonly [TName in keyof ExplorerOptions]-?: true } = {
  events: true,
  projections: true,
  processing: true,
  projectors: true,
  subscriptions: true,
  allowChanges: true,
  authorize: true,
  hosts: true,
  logger: true,
};
