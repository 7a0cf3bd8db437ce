export { type EventStorageModelTestOptions, eventStorageModelTest } from "./event-storage-model-test.ts";
