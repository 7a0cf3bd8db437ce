import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ExecuteMessage } from "@eventfold/commands";
import type { CheckpointMessage, LeaseMessage, ProcessMessage } from "@eventfold/processing";
import type { ProjectMessage } from "@eventfold/projections";
import type { CommitMessage, PageMessage, PublishMessage } from "@eventfold/store";
import { withKnownMembers } from "@eventfold/store/adapter";
import type { Meter, Tracer } from "@opentelemetry/api";
import { observeChannel, type Operation, quietly } from "./channels/observed-channel.ts";
import { createInstruments, type Instruments } from "./metrics/instruments.ts";
import { type MeasuredProcessing, measureSubscriptions } from "./metrics/subscription-gauges.ts";
import { beginCheckpoint } from "./operations/checkpoint.ts";
import { beginCommit } from "./operations/commit.ts";
import { beginExecute } from "./operations/execute.ts";
import { countLease } from "./operations/lease.ts";
import { beginProcess } from "./operations/process.ts";
import { beginProject } from "./operations/project.ts";
import { beginPublish } from "./operations/publish.ts";
import { beginFollow, beginScan } from "./operations/read-page.ts";
import type { Telemetry } from "./telemetry.ts";

/** What is recorded, and by what: at least a tracer or a meter. */
export interface InstrumentOptions {
  /** Makes the spans. Default: there are none. */
  readonly tracer?: Tracer | undefined;
  /** Makes the instruments. Default: nothing is measured. */
  readonly meter?: Meter | undefined;
  /** Subscriptions whose lag and parked events are measured, with the `meter`. Default: none. */
  readonly processing?: MeasuredProcessing | undefined;
}

/** What {@link instrument} has begun. */
export interface Instrumentation {
  /** Records nothing more; what is under way is still recorded. Idempotent. */
  readonly end: () => void;
  /** The same. */
  readonly [Symbol.dispose]: () => void;
}

const OPTIONS: ReadonlySet<string> = new Set(["tracer", "meter", "processing"]);

/**
 * Records what every event store and every broker of this process does, as traces and metrics of OpenTelemetry. Call it once, before or
 * after they are made. Nothing of a payload, of metadata or of a state gets into a span or a metric, nor do the messages of errors.
 *
 * Spans need a context manager, which an OpenTelemetry SDK for Node sets up. Handlers link to what published their events where the store
 * writes that down: see {@link withTraceContext}.
 *
 * @throws `TypeError` for options that are none, without a tracer and a meter, and for `processing` without a meter.
 *
 * @example
 * ```ts
 * const instrumentation = instrument({
 *   tracer: trace.getTracer("eventfold"),
 *   meter: metrics.getMeter("eventfold"),
 *   processing: { storage: processingAdapter, subscriptions: [mails] },
 * });
 * process.once("beforeExit", () => instrumentation.end());
 * ```
 */
export function instrument(options: InstrumentOptions): Instrumentation {
  const { tracer, meter, processing } = checkedOptions(options);
  const instruments = meter && createInstruments(meter);
  const telemetry: Telemetry = { tracer, instruments };
  const observe = <TMessage extends object>(
    name: string,
    begin: (telemetry: Telemetry, message: TMessage) => Operation,
  ) => observeChannel<TMessage>(name, (message) => begin(telemetry, message));

  const ends = [
    observe<PublishMessage>("eventfold:publish", beginPublish),
    observe<CommitMessage>("eventfold:commit", beginCommit),
    observe<PageMessage>("eventfold:scan", beginScan),
    observe<PageMessage>("eventfold:follow", beginFollow),
    observe<ProcessMessage>("eventfold:process", beginProcess),
    observe<CheckpointMessage>("eventfold:checkpoint", beginCheckpoint),
    observe<ProjectMessage>("eventfold:project", beginProject),
    observe<ExecuteMessage>("eventfold:execute", beginExecute),
    ...(instruments === undefined ? [] : [countLeases(instruments)]),
    ...(meter === undefined || processing === undefined ? [] : [measureSubscriptions(meter, processing)]),
  ];
  const end = () => {
    for (const endOne of ends.splice(0)) endOne();
  };
  return { end, [Symbol.dispose]: end };
}

function countLeases(instruments: Instruments): () => void {
  const onLease = (message: unknown) => void quietly(() => countLease(instruments, message as LeaseMessage));
  subscribe("eventfold:lease", onLease);
  return () => void unsubscribe("eventfold:lease", onLease);
}

function checkedOptions(options: InstrumentOptions): InstrumentOptions {
  const { tracer, meter, processing } = withKnownMembers("The options of instrument", options, OPTIONS);
  if (tracer === undefined && meter === undefined)
    throw new TypeError("instrument takes a tracer, a meter or both: `instrument({ tracer: trace.getTracer(…) })`.");
  if (tracer !== undefined && typeof tracer?.startSpan !== "function")
    throw new TypeError("The tracer must be one of OpenTelemetry: what `trace.getTracer(…)` gives.");
  if (meter !== undefined && typeof meter?.createHistogram !== "function")
    throw new TypeError("The meter must be one of OpenTelemetry: what `metrics.getMeter(…)` gives.");
  if (processing !== undefined && meter === undefined)
    throw new TypeError("Subscriptions are measured by a meter: give `processing` together with one.");
  if (processing !== undefined && !Array.isArray(processing?.subscriptions))
    throw new TypeError("`processing` must be { storage, subscriptions }, the latter an array.");
  return { tracer, meter, processing };
}
