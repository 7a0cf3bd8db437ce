import type { StoredEvent } from "@eventfold/store";
import { monotonicNs } from "../time/monotonic-ns.ts";
import type { HistoryLine, RecordedCall, RecordedOutcome } from "./history-line.ts";

/** One call that has begun: the code that makes it notes here what it shows and how it ends. */
export interface OpenCall {
  saw(events: readonly StoredEvent[]): void;
  ended(outcome: RecordedOutcome): void;
}

/** Notes the calls of one process, with the time of each note. */
export class Recorder {
  readonly #process: string;
  readonly #onLine: (line: HistoryLine) => void;
  #calls = 0;

  constructor(process: string, onLine: (line: HistoryLine) => void) {
    this.#process = process;
    this.#onLine = onLine;
  }

  /** Notes that a call is made now. */
  begin(call: RecordedCall): OpenCall {
    this.#calls += 1;
    const operation = this.#calls;
    const place = () => ({ process: this.#process, operation, atNs: monotonicNs() });
    this.#onLine({ kind: "invoked", ...place(), call });
    return {
      saw: (events) => this.#onLine({ kind: "saw", ...place(), events }),
      ended: (outcome) => this.#onLine({ kind: "ended", ...place(), outcome }),
    };
  }
}
