import type { CommitMessage } from "@eventfold/store";
import { type Attributes, ROOT_CONTEXT, type Span, SpanKind, type Tracer, trace } from "@opentelemetry/api";
import { ATTRIBUTES } from "../attributes.ts";
import type { Operation } from "../channels/observed-channel.ts";
import { endSpan, recordedParent, secondsSince, type Telemetry, withError } from "../telemetry.ts";

/**
 * A commit: one span for all publishes in it. It is within the first of those that are recorded, so that the trace of a lone publish has
 * it, and is linked with the others in both directions.
 */
export function beginCommit({ tracer, instruments }: Telemetry, message: CommitMessage): Operation {
  const startTime = Date.now();
  const startMs = performance.now();
  return {
    end: () => {
      const { publishes, system, error } = message; // some adapters gather them until here
      if (tracer !== undefined) {
        const within = publishes.flatMap((publish) => publish.within(recordedParent) ?? []);
        const attributes: Attributes = {
          [ATTRIBUTES.dbSystem]: system,
          [ATTRIBUTES.commitPublishes]: publishes.length,
          [ATTRIBUTES.commitEvents]: publishes.reduce((sum, { events }) => sum + events, 0),
        };
        endSpan(startCommitSpan(tracer, within, { attributes, startTime }), error);
      }
      if (instruments === undefined || publishes.length === 0) return;
      const attributes = withError({ [ATTRIBUTES.dbSystem]: system }, error);
      instruments.commitDuration.record(secondsSince(startMs), attributes);
      instruments.commitSize.record(publishes.length, attributes);
      for (const { sinceMs } of publishes) {
        instruments.queueWait.record(Math.max(0, startMs - sinceMs) / 1000, attributes);
      }
    },
  };
}

/** @param publishes their spans. */
function startCommitSpan(
  tracer: Tracer,
  [first, ...others]: readonly Span[],
  options: { readonly attributes: Attributes; readonly startTime: number },
): Span | undefined {
  if (first === undefined) return undefined;
  const links = others.map((span) => ({ context: span.spanContext() }));
  const parent = trace.setSpan(ROOT_CONTEXT, first);
  const span = tracer.startSpan("commit", { kind: SpanKind.INTERNAL, links, ...options }, parent);
  for (const other of others) other.addLink({ context: span.spanContext() });
  return span;
}
