import type { StoredEvent } from "@eventfold/types";
import type { LaneWork } from "./lane-work.ts";

/** Works on the events of lanes, in the way of one kind of handler. */
export interface Worker {
  /** Works on what there is until there is nothing to take. Several may run at once. */
  run(lane: LaneWork): Promise<void>;
  /** Handles what one stored event is read as by itself, once: to replay it. Rejects when that fails. */
  handle(lane: LaneWork, events: readonly StoredEvent[], attempt: number): Promise<void>;
  /** Forgets what it keeps in memory of what is stored, while nobody is at work. Absent: it keeps nothing. */
  forget?(): void;
}
