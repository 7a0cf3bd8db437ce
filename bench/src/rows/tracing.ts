import { tracingChannel } from "node:diagnostics_channel";
import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { instrument, withTraceContext } from "@eventfold/opentelemetry";
import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { NoopSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Candidate, Row, Sample } from "../candidate.ts";
import { type Load, timeBoxed, timed } from "../load.ts";
import { median } from "../median.ts";
import { meteredHere } from "../processor-time.ts";
import { freshStream, sampleEvents } from "../sample-events.ts";

const ONE_AT_A_TIME: Load = { callers: 1, unitsPerCall: 1, forMs: 1_000 };
const UNTRACED = "without tracing";
const WITH_CONTEXT = "traced, with the trace context in metadata";

/** Every span is recorded, and every metric aggregated; where they are sent to is not what is measured. */
function record(): () => Promise<void> {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const spans = new TracerProvider({ spanProcessors: [new NoopSpanProcessor()] });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const figures = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  const instrumentation = instrument({ tracer: spans.getTracer("bench"), meter: figures.getMeter("bench") });
  return async () => {
    instrumentation.end();
    context.disable();
    await figures.shutdown();
  };
}

function publishing(name: string, open: () => Promise<EventStorageAdapter>): Candidate {
  return meteredHere({
    name,
    start: async () => ({
      async measure() {
        const isTraced = name !== UNTRACED;
        const stop = isTraced ? record() : async () => {};
        await using adapter = await open();
        const store = new EventStore({ adapter, ...(name === WITH_CONTEXT && { metadata: withTraceContext() }) });
        const events = sampleEvents(1);
        const sample = await timeBoxed(ONE_AT_A_TIME, () =>
          store.stream({ category: "orders", stream: freshStream() }).publish({ events }),
        );
        await stop();
        return sample;
      },
      dispose: async () => {},
    }),
  });
}

function publishingRow(where: string, open: () => Promise<EventStorageAdapter>): Row {
  return {
    group: "tracing",
    work: `tracing, ${where}, 1 publisher, one event each`,
    unit: "events",
    candidates: [publishing("traced and measured", open), publishing(WITH_CONTEXT, open), publishing(UNTRACED, open)],
    targets: [],
    limits: [
      {
        what: "processor time of a publish beyond that without tracing",
        unit: "µs",
        most: 10,
        of: (own, samplesOf) => microseconds(own) - microseconds(samplesOf(UNTRACED)),
      },
      {
        what: "the same with the trace context in metadata",
        unit: "µs",
        of: (_, samplesOf) => microseconds(samplesOf(WITH_CONTEXT)) - microseconds(samplesOf(UNTRACED)),
      },
    ],
  };
}

function microseconds(samples: readonly Sample[]): number {
  return median(samples.map(({ clientCpuMs = Number.NaN, units }) => (clientCpuMs * 1_000) / units));
}

const CHECKS = 10_000_000;
const NO_CHECKS = "a loop without checks";
const channels = [tracingChannel("eventfold:publish"), tracingChannel("eventfold:commit")] as const;

/** A publish looks once whether it is traced, and a commit twice: for each publish that waits for it, and once itself. */
function checking(): number {
  const [publishes, commits] = channels;
  let heard = 0;
  for (let n = 0; n < CHECKS; n++) {
    if (publishes.hasSubscribers) heard++;
    if (commits.hasSubscribers) heard++;
    if (commits.hasSubscribers) heard++;
  }
  return heard;
}

function looping(): number {
  let heard = 0;
  for (let n = 0; n < CHECKS; n++) if (n < 0) heard++;
  return heard;
}

function loop(name: string, run: () => number): Candidate {
  return {
    name,
    start: async () => ({ measure: () => timed(async () => CHECKS + run()), dispose: async () => {} }),
  };
}

function nanoseconds(samples: readonly Sample[]): number {
  return median(samples.map(({ elapsedMs, units }) => (elapsedMs * 1_000_000) / units));
}

/** What tracing costs, on and off. */
export const tracingRows: readonly Row[] = [
  publishingRow("memory", () => MemoryEventStorageAdapter.open()),
  publishingRow("SQLite in memory", () => SqliteEventStorageAdapter.open({ filename: ":memory:" })),
  {
    group: "tracing",
    work: "tracing off, what a publish and its commit look for",
    unit: "publishes",
    candidates: [loop("three checks", checking), loop(NO_CHECKS, looping)],
    targets: [],
    limits: [
      {
        what: "time of the checks",
        unit: "ns",
        most: 20,
        of: (own, samplesOf) => nanoseconds(own) - nanoseconds(samplesOf(NO_CHECKS)),
      },
    ],
  },
];
