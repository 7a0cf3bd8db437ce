// Recording what stores and brokers do
export { type Instrumentation, type InstrumentOptions, instrument } from "./instrument.ts";
export type { MeasuredProcessing } from "./metrics/subscription-gauges.ts";

// Trace context in the metadata of events
export { withTraceContext } from "./trace-context.ts";
