// The replica
export { Replica } from "./replica.ts";
export type { ReplicaLag, ReplicaOptions, UpToOptions } from "./replica-options.ts";

// Errors
export { ReplicaBehindError, type ReplicaBehindErrorOptions } from "./errors/replica-behind-error.ts";
export {
  ReplicaMismatchError,
  type ReplicaMismatchErrorOptions,
  type ReplicaMismatchReason,
} from "./errors/replica-mismatch-error.ts";
