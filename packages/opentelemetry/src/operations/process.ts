import type { ProcessMessage } from "@eventfold/processing";
import { type Attributes, ROOT_CONTEXT, type Span, SpanKind, type Tracer, trace } from "@opentelemetry/api";
import { ATTRIBUTES, destinationOf, operationAttributes, spanName } from "../attributes.ts";
import type { Operation } from "../channels/observed-channel.ts";
import { endSpan, secondsSince, type Telemetry, withError } from "../telemetry.ts";
import { linksTo } from "../trace-context.ts";

/**
 * One call of a handler, or one save of projections: the span `process <category>` of the kind CONSUMER. It begins a trace of its own and links
 * to the publishes of its events. Handlers run in its context: a wake-up arrives in that of any publisher.
 */
export function beginProcess({ tracer, instruments }: Telemetry, message: ProcessMessage): Operation {
  const startMs = performance.now();
  const { events, count, subscription } = message;
  const destination = destinationOf(events);
  const attributes: Attributes = operationAttributes("process", "process");
  attributes[ATTRIBUTES.consumerGroup] = subscription;
  if (destination !== undefined) attributes[ATTRIBUTES.destination] = destination;
  const span = tracer && startProcessSpan(tracer, message, attributes);
  return {
    context: span && trace.setSpan(ROOT_CONTEXT, span),
    end: () => {
      const { error } = message;
      endSpan(span, error);
      const withOutcome = withError(attributes, error);
      instruments?.processDuration.record(secondsSince(startMs), withOutcome);
      instruments?.consumed.add(count, withOutcome);
    },
  };
}

function startProcessSpan(tracer: Tracer, message: ProcessMessage, attributes: Attributes): Span {
  const { events, count, node, partition, attempt } = message;
  const [event] = events;
  const own =
    count === 1 && event !== undefined
      ? {
          [ATTRIBUTES.messageId]: event.id,
          [ATTRIBUTES.eventName]: event.name,
          [ATTRIBUTES.stream]: event.stream,
          [ATTRIBUTES.sequenceNumber]: event.sequenceNumber,
        }
      : { [ATTRIBUTES.batchSize]: count };
  const options = {
    root: true,
    kind: SpanKind.CONSUMER,
    links: linksTo(events),
    attributes: {
      ...attributes,
      ...own,
      [ATTRIBUTES.client]: node,
      [ATTRIBUTES.partition]: String(partition),
      [ATTRIBUTES.attempt]: attempt,
    },
  };
  return tracer.startSpan(
    spanName("process", attributes[ATTRIBUTES.destination] as string | undefined),
    options,
    ROOT_CONTEXT,
  );
}
