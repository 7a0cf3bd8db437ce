import { isUnawaited, logIdentifier, type StoredEvent } from "@eventfold/types";
import type { CheckedProcess, CheckedMemory } from "./checked-process.ts";
import { InvalidReactionError } from "./errors/invalid-reaction-error.ts";
import type { ProcessCommand } from "./process-command.ts";

/** The commands that the last of these events leads to. */
export function commandsAfter(
  { name, on, memory }: CheckedProcess,
  events: readonly StoredEvent[],
): readonly ProcessCommand[] {
  const event = events.at(-1);
  if (event === undefined) throw new RangeError("A process manager reacts to an event, but there is none.");
  const react = on.get(event.name);
  const tag = memory?.tagOf(event);
  if (react === undefined || (memory !== undefined && tag === undefined)) return [];
  const returned = react(event, memory && stateAfter(memory, events, tag));
  return checkedCommands(
    returned,
    (reason) => new InvalidReactionError({ process: name, eventName: event.name, reason }),
  );
}

/** The state of a process after its events, of which the last is in it whether or not it has the tag. */
function stateAfter({ projector }: CheckedMemory, events: readonly StoredEvent[], tag: string | undefined): unknown {
  const last = events.length - 1;
  const own = events.filter(({ tags }, index) => index === last || (tag !== undefined && tags.includes(tag)));
  return projector.apply(projector.initial(logIdentifier()), own).state;
}

function checkedCommands(returned: unknown, faultOf: (reason: string) => Error): readonly ProcessCommand[] {
  if (isUnawaited(returned)) {
    throw faultOf("it is a promise, but the functions of a process manager are synchronous");
  }
  const commands: readonly unknown[] = Array.isArray(returned) ? Array.from(returned) : [returned];
  const wrong = commands.findIndex((command) => !isProcessCommand(command));
  if (wrong === -1) return commands as readonly ProcessCommand[];
  throw faultOf(`command ${wrong} must be made by processCommand, got ${textOf(commands[wrong])}`);
}

function isProcessCommand(value: unknown): value is ProcessCommand {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "process-command";
}

function textOf(value: unknown): string {
  return value === null ? "null" : typeof value;
}
