import { readTexts } from "@eventfold/operations";
import type { EventStorageAdapter } from "@eventfold/store";
import type { StoredEventText } from "@eventfold/store/adapter";
import { logIdentifier } from "@eventfold/types";

/** Rates are those of the newest events, so many at most: what lies further back is not counted. */
const SAMPLED_EVENTS = 1_000;
const INTERVALS = 60;

/** How many events were observed in each interval of time, of the newest events of a source. */
export interface Rates {
  /** How many events were counted, 1,000 at most. */
  readonly events: number;
  /** When the first interval begins, in epoch milliseconds. */
  readonly fromMs: number;
  readonly intervalMs: number;
  /** The number of events of each interval. */
  readonly counts: readonly number[];
  /** The number of events of each category, the highest first. */
  readonly categories: readonly { readonly category: string; readonly events: number }[];
}

/** The log at a glance. */
export interface Overview {
  readonly orderingGuarantee: string;
  /** The number up to which nothing more can come. */
  readonly horizon: number;
  /** The number of the newest event; `null` when the log is empty. */
  readonly newest: number | null;
  readonly rates: Rates;
}

/** Reads the log at a glance, at a cost that does not grow with it. */
export async function readOverview(adapter: EventStorageAdapter, signal: AbortSignal): Promise<Overview> {
  const log = logIdentifier();
  const [horizon, sample] = await Promise.all([adapter.storage.horizon(log), readSample(adapter, signal)]);
  const newest = sample[0]?.sequenceNumber ?? null;
  return { orderingGuarantee: adapter.orderingGuarantee, horizon, newest, rates: ratesOf(sample) };
}

/** Newest first. */
async function readSample(adapter: EventStorageAdapter, signal: AbortSignal): Promise<readonly StoredEventText[]> {
  const options = { direction: "backwards", limit: SAMPLED_EVENTS, maxTextLength: 1, signal } as const;
  const sample: StoredEventText[] = [];
  for await (const page of readTexts(adapter, logIdentifier(), options)) for (const event of page) sample.push(event);
  return sample;
}

function ratesOf(events: readonly StoredEventText[]): Rates {
  const times = events.map(({ observedAtMs }) => observedAtMs);
  const fromMs = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const toMs = times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (events.length === 0) return { events: 0, fromMs: 0, intervalMs: 0, counts: [], categories: [] };
  const intervalMs = Math.max(1_000, Math.ceil((toMs - fromMs + 1) / INTERVALS));
  const counts = Array.from({ length: Math.floor((toMs - fromMs) / intervalMs) + 1 }, () => 0);
  const byCategory = new Map<string, number>();
  for (const { category, observedAtMs } of events) {
    const interval = Math.floor((observedAtMs - fromMs) / intervalMs);
    counts[interval] = (counts[interval] ?? 0) + 1;
    byCategory.set(category, (byCategory.get(category) ?? 0) + 1);
  }
  const categories = [...byCategory].map(([category, count]) => ({ category, events: count }));
  return {
    events: events.length,
    fromMs,
    intervalMs,
    counts,
    categories: categories.sort((a, b) => b.events - a.events),
  };
}
