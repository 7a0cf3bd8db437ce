import { tracingChannel } from "node:diagnostics_channel";
import type { StreamIdentifier } from "@eventfold/types";

/** A command that is carried out, and its stream; on a boundary the one that is published to. */
export interface TracedCommand {
  /** The name of the decider; `undefined` where it has none. */
  readonly decider: string | undefined;
  /** The type of the command. */
  readonly command: string;
  readonly category: string;
  readonly stream: string;
}

/**
 * A message of the tracing channel `eventfold:execute`: one call of `Decider.execute` or `executeMany`, with all its tries. It says nothing
 * of what is in the commands, nor of states.
 */
export interface ExecuteMessage {
  /** At least one; several are carried out in one publish. */
  readonly commands: readonly TracedCommand[];
  /** From `error` on, where they were refused or have failed. */
  readonly error?: unknown;
}

const executing = tracingChannel<unknown, object>("eventfold:execute");

/** What is carried out on a stream. */
interface GivenCommand {
  readonly decider: { readonly name: string | undefined };
  readonly command: { readonly type: string };
  readonly stream: { readonly identifier: StreamIdentifier };
}

/** Carries out commands within the tracing channel `eventfold:execute`. Without a subscriber it costs one check. */
export function traceExecute(commands: () => readonly GivenCommand[], carryOut: () => Promise<void>): Promise<void> {
  if (!executing.hasSubscribers) return carryOut();
  const message: ExecuteMessage = { commands: commands().map(describe) };
  return executing.tracePromise(carryOut, message);
}

function describe({ decider, command, stream: { identifier } }: GivenCommand): TracedCommand {
  const { category, stream } = identifier;
  return { decider: decider.name, command: command.type, category, stream };
}
