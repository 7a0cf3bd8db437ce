import type { ExecuteOptions } from "./execute-options.ts";
import type { CommandFor, ExecutingDecider, OptionsOf, TargetOf } from "./executing-decider.ts";

/** A command that a process sends, and what it is carried out on. */
export interface ProcessCommandOptions<TDecider extends ExecutingDecider> {
  readonly decider: TDecider;
  /** A stream, or a boundary. */
  readonly target: TargetOf<TDecider>;
  readonly command: CommandFor<TDecider>;
  /** As in the options of `Decider.execute`. Default: none. */
  readonly snapshots?: OptionsOf<TDecider> extends { readonly snapshots?: infer TSnapshots } ? TSnapshots : never;
}

/** A command that a process sends, checked by {@link processCommand}, so that no other code needs its types. */
export interface ProcessCommand {
  readonly kind: "process-command";
  readonly decider: {
    readonly name: string | undefined;
    execute(target: unknown, command: unknown, options: ExecuteOptions): Promise<unknown>;
  };
  readonly target: unknown;
  readonly command: { readonly type: string };
  readonly snapshots: ExecuteOptions["snapshots"];
}

/**
 * A command for the handler of a process manager to return. It is data, and does nothing by itself.
 *
 * @throws `TypeError` when the decider is none.
 *
 * @example
 * ```ts
 * const reserve = processCommand({
 *   decider: stock,
 *   target: stocks.stream("sku-7"),
 *   command: { type: "reserve", order: "order-1", quantity: 2 },
 * });
 * ```
 */
export function processCommand<TDecider extends ExecutingDecider>(
  options: ProcessCommandOptions<TDecider>,
): ProcessCommand;
export function processCommand(options: object): ProcessCommand {
  const { decider, target, command, snapshots } = options as Omit<ProcessCommand, "kind">;
  if (typeof decider?.execute !== "function") throw new TypeError("A command of a process needs a decider.");
  return Object.freeze({ kind: "process-command", decider, target, command, snapshots });
}
