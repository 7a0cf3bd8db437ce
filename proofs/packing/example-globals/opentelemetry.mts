// What the examples of OpenTelemetry take for granted.
import type { ProcessingStorageAdapter, Subscription } from "@eventfold/processing";
import type { EventStorageAdapter } from "@eventfold/store";

declare global {
  const adapter: EventStorageAdapter;
  const processingAdapter: ProcessingStorageAdapter;
  const mails: Subscription;

  const trace: typeof import("@opentelemetry/api").trace;
  const metrics: typeof import("@opentelemetry/api").metrics;
}
