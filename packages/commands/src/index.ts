// Deciders
export { defineDecider } from "./define-decider.ts";
export type { Decider, ReadingWhereDefined, RefusedWithoutName, WhereNamed } from "./decider.ts";
export type { DeciderDefinition, Decision, Decisions } from "./decider-definition.ts";
export type { AnyCommand, AnyDecide, CommandOf } from "./command.ts";

// Carrying out commands
export {
  type CommonOptions,
  type ExecutedCommands,
  type ExecuteManyOptions,
  executeMany,
  type StreamCommand,
  type StreamCommands,
} from "./execute-many.ts";
export type { DecisionBoundary } from "./decision-boundary.ts";
export type { Executed, ExecuteOptions, RetryPolicy } from "./execute-options.ts";

export type { CommandFor, ExecutingDecider, OptionsOf, TargetOf } from "./executing-decider.ts";

// Process managers
export { type ProcessManager, processManager } from "./process-manager.ts";
export type {
  ProcessDefinition,
  ProcessMemory,
  ProcessSource,
  Reaction,
  Reactions,
} from "./process-definition.ts";
export { type ProcessCommand, type ProcessCommandOptions, processCommand } from "./process-command.ts";

// What the tracing channel says
export type { ExecuteMessage, TracedCommand } from "./tracing/execute-channel.ts";

// Errors
export { InvalidCommandError, type InvalidCommandErrorOptions } from "./errors/invalid-command-error.ts";
export { InvalidDecisionError, type InvalidDecisionErrorOptions } from "./errors/invalid-decision-error.ts";
export { InvalidReactionError, type InvalidReactionErrorOptions } from "./errors/invalid-reaction-error.ts";
export {
  ProcessCommandFailedError,
  type ProcessCommandFailedErrorOptions,
} from "./errors/process-command-failed-error.ts";

// The events that deciders are made for
export { type EventTable, eventTable } from "@eventfold/types";
