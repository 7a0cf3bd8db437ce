export { type DatabaseAddress, parseDatabaseAddress } from "./database-address.ts";
export type { OpenStorage, OpenStorageOptions } from "./database-kind.ts";
export { EXIT_CODES, type ExitCode, Failure, type FailureOptions } from "./failure.ts";
export { InterruptedError, type Interruption, listenForInterruption } from "./interruption.ts";
export { checkDatabaseAddress, DATABASE_USAGES, openStorage } from "./open-storage.ts";
