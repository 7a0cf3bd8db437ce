// Deciders
export { defineDecider } from "./define-decider.ts";
export type { Decider, RefusedWithoutName, WhereNamed } from "./decider.ts";
export type { DeciderDefinition, Decision, Decisions } from "./decider-definition.ts";
export type { AnyCommand, AnyDecide, CommandOf } from "./command.ts";

// Carrying out commands
export {
  type CommonOptions,
  type ExecutedCommands,
  type ExecutingDecider,
  executeMany,
  type StreamCommand,
  type StreamCommands,
} from "./execute-many.ts";
export type { DecisionBoundary } from "./decision-boundary.ts";
export type { Executed, ExecuteOptions, RetryPolicy } from "./execute-options.ts";

// Errors
export { InvalidCommandError, type InvalidCommandErrorOptions } from "./errors/invalid-command-error.ts";
export { InvalidDecisionError, type InvalidDecisionErrorOptions } from "./errors/invalid-decision-error.ts";

// The events that deciders are made for
export { type EventTable, eventTable } from "@eventfold/types";
