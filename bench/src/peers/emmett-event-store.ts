import { SAMPLE_PAYLOAD } from "../sample-events.ts";

/** As much of Emmett's public interface as the benchmarks use. */
export interface EmmettEventStore {
  appendToStream(
    stream: string,
    events: readonly EmmettEvent[],
    options?: { readonly expectedStreamVersion: string },
  ): Promise<unknown>;
  readStream(stream: string): Promise<{ readonly events: readonly unknown[] }>;
  close?(): Promise<void>;
}

export interface EmmettEvent {
  readonly type: string;
  readonly data: object;
}

/** The condition that our own publishes to new streams carry too. */
export const STREAM_IS_NEW = { expectedStreamVersion: "STREAM_DOES_NOT_EXIST" } as const;

export function emmettEvents(count: number): EmmettEvent[] {
  return Array.from({ length: count }, () => ({ type: "order-placed", data: SAMPLE_PAYLOAD }));
}
