import type { CheckpointMessage } from "@eventfold/processing";
import { SpanKind } from "@opentelemetry/api";
import { ATTRIBUTES, operationAttributes, spanName } from "../attributes.ts";
import type { Operation } from "../channels/observed-channel.ts";
import { contextWith, endSpan, secondsSince, startWithin, type Telemetry, withError } from "../telemetry.ts";

/**
 * An attempt to move a checkpoint. One that commits together with what a handler has done is a span within the handler's; the others come
 * later, for many events at once, and are only measured.
 */
export function beginCheckpoint({ tracer, instruments }: Telemetry, message: CheckpointMessage): Operation {
  const startMs = performance.now();
  const { subscription, partition, isInTransaction, to } = message;
  const attributes = operationAttributes("checkpoint", "settle");
  attributes[ATTRIBUTES.consumerGroup] = subscription;
  const span = startWithin(isInTransaction ? tracer : undefined, spanName("checkpoint", subscription), () => ({
    kind: SpanKind.INTERNAL,
    attributes: { ...attributes, [ATTRIBUTES.partition]: String(partition), [ATTRIBUTES.sequenceNumber]: to },
  }));
  return {
    context: contextWith(span),
    end: () => {
      endSpan(span, message.error);
      instruments?.operationDuration.record(secondsSince(startMs), withError(attributes, message.error));
    },
  };
}
