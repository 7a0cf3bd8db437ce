import type { CommitMessage } from "@eventfold/store";
import { ROOT_CONTEXT, type Span, SpanKind, type Tracer, trace } from "@opentelemetry/api";
import { ATTRIBUTES } from "../attributes.ts";
import type { Operation } from "../channels/observed-channel.ts";
import { endSpan, recordedParent, type Telemetry, withError } from "../telemetry.ts";

/**
 * A commit: one span for all publishes in it. It is within the first of those that are recorded, so that the trace of a lone publish has
 * it, and is linked with the others in both directions.
 */
export function beginCommit({ tracer, instruments }: Telemetry, message: CommitMessage): Operation {
  const startMs = performance.now();
  return {
    end: () => {
      const endMs = performance.now();
      const { publishes, system, error } = message; // some adapters gather them until here
      if (tracer !== undefined) endSpan(startCommitSpan(tracer, { system, publishes, startMs }), error, { endMs });
      if (instruments === undefined || publishes.length === 0) return;
      const attributes = withError({ [ATTRIBUTES.dbSystem]: system }, error);
      instruments.commitDuration.record((endMs - startMs) / 1000, attributes);
      instruments.commitSize.record(publishes.length, attributes);
      for (const { sinceMs } of publishes) {
        instruments.queueWait.record(Math.max(0, startMs - sinceMs) / 1000, attributes);
      }
    },
  };
}

/** @returns `undefined` where no publish in it is recorded. */
function startCommitSpan(
  tracer: Tracer,
  { system, publishes, startMs }: Pick<CommitMessage, "system" | "publishes"> & { readonly startMs: number },
): Span | undefined {
  let events = 0;
  const spans: Span[] = [];
  for (const publish of publishes) {
    events += publish.events;
    const span = publish.within(recordedParent);
    if (span !== undefined) spans.push(span);
  }
  const first = spans.shift();
  if (first === undefined) return undefined;
  const options = {
    kind: SpanKind.INTERNAL,
    startTime: startMs,
    links: spans.map((span) => ({ context: span.spanContext() })),
    attributes: {
      [ATTRIBUTES.dbSystem]: system,
      [ATTRIBUTES.commitPublishes]: publishes.length,
      [ATTRIBUTES.commitEvents]: events,
    },
  };
  const commit = tracer.startSpan("commit", options, trace.setSpan(ROOT_CONTEXT, first));
  for (const other of spans) other.addLink({ context: commit.spanContext() });
  return commit;
}
