import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { type DataPoint, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { type Instrumentation, type InstrumentOptions, instrument } from "../src/index.ts";

class CollectedMetrics extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** What was recorded, with nothing sampled out. */
export class RecordedTelemetry implements Disposable {
  readonly #exporter = new InMemorySpanExporter();
  readonly #reader = new CollectedMetrics();
  readonly #provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: this.#exporter })] });
  readonly tracer = this.#provider.getTracer("test");
  readonly meter = new MeterProvider({ readers: [this.#reader] }).getMeter("test");
  readonly instrumentation: Instrumentation;

  private constructor(options: Pick<InstrumentOptions, "processing">) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    this.instrumentation = instrument({ tracer: this.tracer, meter: this.meter, ...options });
  }

  static begin(options: Pick<InstrumentOptions, "processing"> = {}): RecordedTelemetry {
    return new RecordedTelemetry(options);
  }

  /** The spans that have ended, in the order in which they did. */
  get spans(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  named(name: string): readonly ReadableSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  /** The only span of a name. */
  only(name: string): ReadableSpan {
    const [span, ...others] = this.named(name);
    if (span === undefined || others.length > 0) {
      throw new Error(`There should be one span ${name}, among ${this.spans.map((each) => each.name).join(", ")}.`);
    }
    return span;
  }

  /** Works within a span, as a request does. */
  async request<T>(work: () => Promise<T>): Promise<T> {
    return this.tracer.startActiveSpan("request", async (span) => {
      try {
        return await work();
      } finally {
        span.end();
      }
    });
  }

  /** The points of a metric; none where there is no such metric. */
  async points(name: string): Promise<readonly DataPoint<unknown>[]> {
    const { resourceMetrics } = await this.#reader.collect();
    const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    return metrics
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }): readonly DataPoint<unknown>[] => dataPoints);
  }

  [Symbol.dispose](): void {
    this.instrumentation.end();
    context.disable();
    trace.disable();
  }
}

/** The trace and the span that a span is within. */
export function parentOf({ parentSpanContext }: ReadableSpan): string | undefined {
  return parentSpanContext && `${parentSpanContext.traceId}-${parentSpanContext.spanId}`;
}

/** The trace and the id of a span. */
export function idOf(span: ReadableSpan): string {
  const { traceId, spanId } = span.spanContext();
  return `${traceId}-${spanId}`;
}

/** The spans that a span links to. */
export function linksOf({ links }: ReadableSpan): readonly string[] {
  return links.map((link) => `${link.context.traceId}-${link.context.spanId}`);
}
