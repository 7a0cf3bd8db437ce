import type { StoredEvent } from "@eventfold/types";
import { monotonicNs } from "../time/monotonic-ns.ts";
import type { DeliveryLine } from "./delivery-line.ts";

/** Where the calls of a handler are noted. */
export interface CallRecorderOptions {
  readonly node: string;
  readonly onLine: (line: DeliveryLine) => void;
}

/** A call that begins. */
export interface BeginningCall {
  readonly events: readonly Pick<StoredEvent, "id">[];
  readonly partition: number;
  readonly fencingToken: number;
  readonly attempt: number;
}

/** Notes when calls begin and how they end. */
export class CallRecorder {
  readonly #options: CallRecorderOptions;
  #calls = 0;

  constructor(options: CallRecorderOptions) {
    this.#options = options;
  }

  /** @returns the number of the call, for {@link CallRecorder.end}. */
  begin({ events, partition, fencingToken: token, attempt }: BeginningCall): number {
    this.#calls += 1;
    const { node, onLine } = this.#options;
    const call = this.#calls;
    onLine({
      kind: "begun",
      node,
      call,
      partition,
      token,
      attempt,
      eventIds: events.map(({ id }) => id),
      atNs: monotonicNs(),
    });
    return call;
  }

  /** Notes the end of a call: that it succeeded or, with an error, that it failed. */
  end(call: number, failure?: { readonly error: unknown }): void {
    const { node, onLine } = this.#options;
    const error = failure && { error: failure.error instanceof Error ? failure.error.message : String(failure.error) };
    onLine({ kind: "ended", node, call, ...error, atNs: monotonicNs() });
  }
}
