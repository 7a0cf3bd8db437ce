import type { OpenedDatabase } from "../database/opened-database.ts";

/** A JSON Schema of the arguments of a tool: an object of these members. */
export interface ToolParameters {
  readonly properties: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}

/** What a tool is given when it is called. */
export interface ToolCall<TArguments> {
  readonly database: OpenedDatabase;
  readonly given: TArguments;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** A question that can be asked of a log. It only reads. */
export interface Tool<TArguments = never> {
  readonly name: string;
  readonly description: string;
  readonly parameters: ToolParameters;
  /** The answer as an object, before it is cut. */
  readonly answer: (call: ToolCall<TArguments>) => Promise<object>;
}

/** A tool whatever its arguments, to be kept in a list. */
export type AnyTool = Tool<never>;

/** Defines a tool. Its arguments are checked by the schema before it is asked. */
export function defineTool<TArguments>(tool: Tool<TArguments>): AnyTool {
  return tool as AnyTool;
}
