// Recording
export { type DeliveryRecording, type RecordDeliveryOptions, recordDelivery } from "./record-delivery.ts";
export { appendDelivery, parseDelivery } from "./delivery-file.ts";

// Records as values
export type {
  BegunLine,
  ClaimedLine,
  DeliveryLine,
  DeliveryRecords,
  EndedLine,
  ParkedLine,
  SavedLine,
  UnparkedLine,
} from "./delivery-line.ts";

// Checking
export {
  assertDelivery,
  type CheckDeliveryOptions,
  checkDelivery,
  type DeliveryPromises,
  type DeliveryVerdict,
} from "./check-delivery.ts";
export type { DeliveryViolation, DeliveryViolationKind } from "./check/delivery-violation.ts";
export { ForbiddenDeliveryError } from "./forbidden-delivery-error.ts";

// Brokers that are killed and frozen
export { type BrokerAssignment, type ChaosBroker, runBrokerWorker } from "./broker-chaos-worker.ts";
export { type BrokerChaosOptions, type BrokerChaosReport, runBrokerChaos } from "./run-broker-chaos.ts";
export { type DeliveryWorkload, type DeliveryWorkloadOptions, deliveryWorkload } from "./delivery-workload.ts";
export {
  type ProjectionWorkload,
  type ProjectionWorkloadOptions,
  projectionWorkload,
} from "./projection-workload.ts";
