import type { PageMessage } from "@eventfold/store";
import { SpanKind } from "@opentelemetry/api";
import { ATTRIBUTES, operationAttributes, sourceAttributes, spanName } from "../attributes.ts";
import type { Operation } from "../channels/observed-channel.ts";
import { contextWith, endSpan, secondsSince, startWithin, type Telemetry, withError } from "../telemetry.ts";

/** The reading of a page by a scan: the span `scan <category>`, where it belongs to a trace that is recorded. */
export function beginScan({ tracer, instruments }: Telemetry, message: PageMessage): Operation {
  const startMs = performance.now();
  const { source } = message;
  const attributes = operationAttributes("scan", "receive");
  const category = source.kind === "log" ? undefined : source.category;
  const span = startWithin(tracer, spanName("scan", category), () => ({
    kind: SpanKind.CLIENT,
    attributes: { ...attributes, ...sourceAttributes(source) },
  }));
  return {
    context: contextWith(span),
    end: () => {
      const { result, error } = message;
      span?.setAttribute(ATTRIBUTES.batchSize, result?.events.length ?? 0);
      endSpan(span, error);
      recordReading({ instruments }, message, secondsSince(startMs));
    },
  };
}

/** The reading of a page for followers: measured, but no span, because no request waits for it. */
export function beginFollow({ instruments }: Telemetry, message: PageMessage): Operation {
  const startMs = performance.now();
  return { end: () => recordReading({ instruments, name: "follow" }, message, secondsSince(startMs)) };
}

function recordReading(
  { instruments, name = "scan" }: Pick<Telemetry, "instruments"> & { readonly name?: string },
  { source, error }: PageMessage,
  seconds: number,
): void {
  const attributes = operationAttributes(name, "receive");
  if (source.kind !== "log") attributes[ATTRIBUTES.destination] = source.category;
  instruments?.operationDuration.record(seconds, withError(attributes, error));
}
