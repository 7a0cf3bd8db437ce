import {
  createTraceState,
  context,
  isSpanContextValid,
  type Link,
  type SpanContext,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import type { EventStoreOptions } from "@eventfold/store";
import { isJsonObject, type JsonObject, type JsonValue, type StoredEvent } from "@eventfold/types";
import { ATTRIBUTES } from "./attributes.ts";

/** The metadata of a store, as its options take it. */
type StoreMetadata = EventStoreOptions["metadata"];

/**
 * Metadata for a store that says within which span its events were published: the members `traceparent` and, where there is one,
 * `tracestate`, as the W3C's Trace Context has them. With {@link instrument} that is the span of the publish itself, and what handles the
 * events links to it, in whatever process.
 *
 * Where no span is active, and for the members that they have themselves, the metadata of the store and of events stay as they are. An
 * event whose metadata is no object keeps it, and is linked to nothing.
 *
 * @param metadata what the store would have otherwise. Default: none.
 *
 * @example
 * ```ts
 * const store = new EventStore({ adapter, metadata: withTraceContext({ actor: "web" }) });
 * ```
 */
export function withTraceContext(metadata?: StoreMetadata): () => JsonObject | undefined {
  return () => {
    const own = typeof metadata === "function" ? metadata() : metadata;
    const span = trace.getSpanContext(context.active());
    if (span === undefined || !isSpanContextValid(span)) return own;
    const traceState = span.traceState?.serialize();
    return { traceparent: printTraceParent(span), ...(traceState && { tracestate: traceState }), ...own };
  };
}

/** The most links of a span: what OpenTelemetry keeps of them by default. */
const MOST_LINKS = 128;

/** Links to the spans within which events were published, each once. */
export function linksTo(events: readonly StoredEvent[]): Link[] {
  const links = new Map<string, Link>();
  for (const { id, metadata } of events) {
    if (links.size >= MOST_LINKS) break;
    const span = publishedWithin(metadata);
    if (span === undefined) continue;
    const key = `${span.traceId}${span.spanId}`;
    if (!links.has(key)) links.set(key, { context: span, attributes: { [ATTRIBUTES.messageId]: id } });
  }
  return [...links.values()];
}

const TRACE_PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-|$)/;
const LONGEST_TRACE_STATE = 512;

/** The span that metadata names, if it does so as it should. */
function publishedWithin(metadata: JsonValue): SpanContext | undefined {
  if (!isJsonObject(metadata) || !Object.hasOwn(metadata, "traceparent")) return undefined;
  const { traceparent, tracestate } = metadata;
  const [, version, traceId, spanId, flags, rest] =
    typeof traceparent === "string" ? (TRACE_PARENT.exec(traceparent) ?? []) : [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === "ff" || (version === "00" && rest !== "")) return undefined;
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
  if (!isSpanContextValid(span)) return undefined;
  if (typeof tracestate !== "string" || tracestate.length > LONGEST_TRACE_STATE) return span;
  return { ...span, traceState: createTraceState(tracestate) };
}

function printTraceParent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}
