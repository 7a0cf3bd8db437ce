import {
  type Attributes,
  context,
  type Context,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { ATTRIBUTES, errorTypeOf } from "./attributes.ts";
import type { Instruments } from "./metrics/instruments.ts";

/** Where spans and figures go: at least one of the two. */
export interface Telemetry {
  readonly tracer: Tracer | undefined;
  readonly instruments: Instruments | undefined;
}

/** The span that is active where this is called, if it is recorded. */
export function recordedParent(): Span | undefined {
  const span = trace.getSpan(context.active());
  return span?.isRecording() === true ? span : undefined;
}

/** Begins a span within the active one, unless that is not recorded: what nobody asked for by a request is not worth a trace. */
export function startWithin(tracer: Tracer | undefined, name: string, options: () => SpanOptions): Span | undefined {
  return tracer === undefined || recordedParent() === undefined ? undefined : tracer.startSpan(name, options());
}

/** The context in which a span is the active one. */
export function contextWith(span: Span | undefined): Context | undefined {
  return span && trace.setSpan(context.active(), span);
}

/** How a span ends. */
interface SpanEnd {
  /** Whether an error is a fault. Default: `true`. */
  readonly isFault?: boolean;
  /** By `performance.now()`. Default: now, which SDKs tell in whole milliseconds of a span that was told when it started. */
  readonly endMs?: number | undefined;
}

/** Ends a span, with the kind of error where there is one. */
export function endSpan(span: Span | undefined, error: unknown, { isFault = true, endMs }: SpanEnd = {}): void {
  if (span === undefined) return;
  if (error !== undefined) {
    span.setAttribute(ATTRIBUTES.errorType, errorTypeOf(error));
    if (isFault) span.setStatus({ code: SpanStatusCode.ERROR, message: errorTypeOf(error) });
  }
  span.end(endMs);
}

/** The same attributes, with the kind of error where there is one. */
export function withError(attributes: Attributes, error: unknown): Attributes {
  return error === undefined ? attributes : { ...attributes, [ATTRIBUTES.errorType]: errorTypeOf(error) };
}

/** The seconds since a time of `performance.now()`. */
export function secondsSince(startMs: number): number {
  return (performance.now() - startMs) / 1000;
}
