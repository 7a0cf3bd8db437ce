import type { ProjectMessage } from "@eventfold/projections";
import { SpanKind } from "@opentelemetry/api";
import { ATTRIBUTES, sourceAttributes, spanName } from "../attributes.ts";
import type { Operation } from "../channels/observed-channel.ts";
import { contextWith, endSpan, startWithin, type Telemetry } from "../telemetry.ts";

/** The folding of a source: the span `project <projector>`, where it belongs to a trace that is recorded. */
export function beginProject({ tracer }: Telemetry, message: ProjectMessage): Operation {
  const { projector, version, source, isInline } = message;
  const span = startWithin(tracer, spanName("project", projector), () => ({
    kind: SpanKind.INTERNAL,
    attributes: {
      [ATTRIBUTES.projector]: projector,
      [ATTRIBUTES.projectorVersion]: version,
      [ATTRIBUTES.isInline]: isInline,
      ...sourceAttributes(source),
    },
  }));
  return { context: contextWith(span), end: () => endSpan(span, message.error) };
}
