import type { ExecuteMessage } from "@eventfold/commands";
import { SpanKind } from "@opentelemetry/api";
import { ATTRIBUTES, spanName } from "../attributes.ts";
import type { Operation } from "../channels/observed-channel.ts";
import { contextWith, endSpan, type Telemetry } from "../telemetry.ts";

/** The carrying out of a command: the span `execute <type>`; without a type where there are several commands. */
export function beginExecute({ tracer }: Telemetry, message: ExecuteMessage): Operation {
  const [first, ...others] = message.commands;
  const only = others.length === 0 ? first : undefined;
  const attributes = only && {
    [ATTRIBUTES.command]: only.command,
    [ATTRIBUTES.destination]: only.category,
    [ATTRIBUTES.stream]: only.stream,
    ...(only.decider !== undefined && { [ATTRIBUTES.decider]: only.decider }),
  };
  const span = tracer?.startSpan(spanName("execute", only?.command), {
    kind: SpanKind.INTERNAL,
    attributes: attributes ?? { [ATTRIBUTES.batchSize]: message.commands.length },
  });
  return { context: contextWith(span), end: () => endSpan(span, message.error) };
}
