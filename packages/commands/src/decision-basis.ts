import type { PublishRequest } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";

/** What a command is decided on: what was read for it. */
export interface DecisionBasis {
  /** Reads what was not read yet, then looks whether events of the command are stored. */
  load(): Promise<void>;

  /** The state that the events fold to that were read. */
  readonly state: unknown;

  /** The state after further events. */
  stateAfter(events: readonly StoredEvent[]): unknown;

  /** What refuses a publish when the basis has changed since it was read. */
  readonly guard: Pick<PublishRequest, "condition" | "failIf">;
}
