import type { PublishMessage } from "@eventfold/store";
import { isEventfoldError } from "@eventfold/types";
import { type Attributes, SpanKind } from "@opentelemetry/api";
import { ATTRIBUTES, destinationOf, operationAttributes, spanName } from "../attributes.ts";
import type { Operation } from "../channels/observed-channel.ts";
import { contextWith, endSpan, secondsSince, type Telemetry, withError } from "../telemetry.ts";

/** A publish: the span `publish <category>` of the kind PRODUCER, in which the metadata of its events is made. */
export function beginPublish({ tracer, instruments }: Telemetry, message: PublishMessage): Operation {
  const startMs = performance.now();
  const { entries } = message;
  const [first] = entries;
  const destination = destinationOf(entries);
  const attributes: Attributes = operationAttributes("publish", "send");
  if (destination !== undefined) attributes[ATTRIBUTES.destination] = destination;
  const span = tracer?.startSpan(spanName("publish", destination), { kind: SpanKind.PRODUCER, attributes });
  if (entries.length === 1 && first?.stream) span?.setAttribute(ATTRIBUTES.stream, first.stream);
  return {
    context: contextWith(span),
    end: () => {
      const { error, result } = message;
      const isRefused = isConflict(error);
      if (span !== undefined) {
        const count = entries.reduce((sum, { events }) => sum + events, 0);
        const id = result?.events[0]?.[0]?.id;
        if (count !== 1) span.setAttribute(ATTRIBUTES.batchSize, count);
        else if (id !== undefined) span.setAttribute(ATTRIBUTES.messageId, id);
        if (result?.isRepeat) span.setAttribute(ATTRIBUTES.isRepeat, true);
        endSpan(span, error, { isFault: !isRefused });
      }
      if (instruments === undefined) return;
      const withOutcome = withError(attributes, error);
      instruments.operationDuration.record(secondsSince(startMs), withOutcome);
      for (const { category, events } of entries) {
        const of = category === destination ? withOutcome : { ...withOutcome, [ATTRIBUTES.destination]: category };
        if (events > 0) instruments.sent.add(events, of);
      }
      if (isRefused) instruments.conflicts.add(1, withOutcome);
    },
  };
}

/** Whether a publish was refused for what others had published. That is not a fault, but how two callers at once are told apart. */
function isConflict(error: unknown): boolean {
  return isEventfoldError(error, "UNMET_WRITE_CONDITION") || isEventfoldError(error, "EVENTS_MATCHED");
}
