export type { AllowedPositions } from "./storage/allowed-positions.ts";
export { EMPTY_STREAM_POSITION, isAllowed } from "./storage/allowed-positions.ts";
export type {
  EventStorage,
  SaveRequest,
  SaveResult,
  ScanBounds,
  StorageListingOptions,
  StorageScanOptions,
  StreamWrite,
  UnmetWrite,
} from "./storage/event-storage.ts";
export type {
  EventStorageAdapter,
  OrderingGuarantee,
  StorageCapabilities,
  Transaction,
} from "./storage/event-storage-adapter.ts";
export type { PreparedEvent } from "./storage/prepared-event.ts";
export type { EventPlace } from "./storage/stored-event-of.ts";
export { storedEventOf } from "./storage/stored-event-of.ts";
