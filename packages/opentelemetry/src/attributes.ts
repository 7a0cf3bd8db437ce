import type { Attributes } from "@opentelemetry/api";
import { isEventfoldError, type SourceIdentifier } from "@eventfold/types";

/**
 * Attributes by the semantic conventions of OpenTelemetry for messaging, release 1.39, and those of eventfold. No attribute has anything of a
 * payload, of metadata, of a state or of the message of an error.
 */
export const ATTRIBUTES = {
  system: "messaging.system",
  operationName: "messaging.operation.name",
  operationType: "messaging.operation.type",
  destination: "messaging.destination.name",
  partition: "messaging.destination.partition.id",
  consumerGroup: "messaging.consumer.group.name",
  client: "messaging.client.id",
  messageId: "messaging.message.id",
  batchSize: "messaging.batch.message_count",
  errorType: "error.type",
  dbSystem: "db.system.name",
  stream: "eventfold.stream",
  eventName: "eventfold.event.name",
  sequenceNumber: "eventfold.sequence_number",
  attempt: "eventfold.attempt",
  isRepeat: "eventfold.publish.is_repeat",
  commitPublishes: "eventfold.commit.publishes",
  commitEvents: "eventfold.commit.events",
  decider: "eventfold.decider",
  command: "eventfold.command",
  projector: "eventfold.projector",
  projectorVersion: "eventfold.projector.version",
  isInline: "eventfold.projector.is_inline",
  leaseChange: "eventfold.lease.change",
} as const;

const SYSTEM = "eventfold";

/** What an operation is called, and its kind by the conventions. */
export function operationAttributes(name: string, type: "send" | "receive" | "process" | "settle"): Attributes {
  return {
    [ATTRIBUTES.system]: SYSTEM,
    [ATTRIBUTES.operationName]: name,
    [ATTRIBUTES.operationType]: type,
  };
}

/** The one category that all of these are of, if it has a name. */
export function destinationOf(all: readonly { readonly category: string }[]): string | undefined {
  const category = all[0]?.category;
  return category !== "" && all.every((each) => each.category === category) ? category : undefined;
}

/** The category and the stream of a source, as far as it has one. */
export function sourceAttributes(source: SourceIdentifier): Attributes {
  return {
    ...(source.kind !== "log" && { [ATTRIBUTES.destination]: source.category }),
    ...(source.kind === "stream" && { [ATTRIBUTES.stream]: source.stream }),
  };
}

/** How an error is recorded: its code, or else the code of a driver, or its name. What it says may quote an event. */
export function errorTypeOf(error: unknown): string {
  if (isEventfoldError(error)) return error.code;
  if (!(error instanceof Error)) return "_OTHER";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** The name of a span: of the operation, and of what it is about, if that is one thing. */
export function spanName(operation: string, subject: string | undefined): string {
  return subject === undefined ? operation : `${operation} ${subject}`;
}
