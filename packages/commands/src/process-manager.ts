import {
  causedBy,
  eventIdFrom,
  eventsMatch,
  nameIn,
  type SourceConstraint,
  sequenceNumberBefore,
} from "@eventfold/store";
import type { AnyEvents, EventName, StoredEvent } from "@eventfold/types";
import { type CheckedProcess, checkedProcess, type GivenProcess } from "./checked-process.ts";
import { commandsAfter } from "./commands-after.ts";
import { ProcessCommandFailedError } from "./errors/process-command-failed-error.ts";
import type { ExecuteOptions } from "./execute-options.ts";
import type { ProcessCommand } from "./process-command.ts";
import type { ProcessDefinition, ProcessSource } from "./process-definition.ts";

/**
 * Sends commands in consequence of events. Made by {@link processManager}; it is the definition of a subscription, to be given to
 * `subscription` of `@eventfold/processing`, and functions that a test can call.
 */
export interface ProcessManager<TEvents extends object> {
  /** The name of the subscription. */
  readonly name: string;
  readonly source: ProcessSource<TEvents>;
  /** Only the events that it reacts to. */
  readonly constraints: readonly SourceConstraint<EventName<TEvents>>[];

  /**
   * The commands that the last of these events leads to: what its subscription carries out. Before it come the events of its
   * process, in their order; those that do not have the tag of the process are passed over, as none of them would be read.
   *
   * @throws what the handler of the event throws; `InvalidReactionError` (`INVALID_REACTION`) when it returns anything but commands.
   */
  readonly commandsAfter: (events: readonly StoredEvent<TEvents>[]) => readonly ProcessCommand[];

  /**
   * Reads the earlier events of the process, and carries out the commands that the event leads to, one after the other. However
   * often an event is handled, each of them is carried out once.
   *
   * @throws as {@link ProcessManager.commandsAfter}; `ProcessCommandFailedError` (`PROCESS_COMMAND_FAILED`) when a command is refused or
   * cannot be carried out, with what `Decider.execute` rejects with as its `cause`. Commands before it have been carried out. The signal's
   * reason.
   */
  readonly handleEvent: (event: StoredEvent<TEvents>, context: { readonly signal: AbortSignal }) => Promise<void>;
}

/**
 * Makes a process manager: what sends commands to deciders when events have happened, such as the payment of an order when its goods
 * are reserved, and what undoes the reservation when the payment is declined.
 *
 * Give it to `subscription` as it is, or with further options of a subscription. An event may be handled several times, and several
 * nodes may handle events of one process at once. Yet each command is carried out once, because its id is made from the name of
 * the process manager, the event and its place among the commands. And each event is reacted to in the same state every time,
 * because that is what the events of its process fold to up to this one, whatever has happened since.
 *
 * The events of a process are those with its tag. `processTag` says which tag an event belongs to; the decided events of its
 * commands get it too. Their metadata say by `causationId` and `correlationId` what caused them, and by `actor`, the name of the process
 * manager, who did.
 *
 * A command that is refused by an exception is a failure of the subscription: it is tried again, and at last pauses or parks the
 * event. So let deciders refuse what a process sends by an event, such as `reservation-declined`, to which it reacts.
 *
 * @throws `TypeError` for what a compiler would have refused, `InvalidNameError` (`INVALID_NAME`) for a bad name.
 *
 * @example
 * ```ts
 * const fulfilment = processManager({
 *   name: "fulfilment",
 *   source: store.log<ShopEvents>(),
 *   processTag: (event) => event.tags.find((tag) => tag.startsWith("order:")),
 *   initialState: () => ({ total: 0 }),
 *   evolve: { "order-placed": (_, { payload }) => ({ total: payload.total }) },
 *   on: {
 *     "stock-reserved": ({ payload: { order } }, { total }) =>
 *       processCommand({ decider: payment, target: payments.stream(order), command: { type: "take", amount: total } }),
 *   },
 * });
 * ```
 */
export function processManager<TEvents extends object, TState>(
  definition: ProcessDefinition<TEvents, TState>,
): ProcessManager<TEvents>;
export function processManager(given: GivenProcess): ProcessManager<AnyEvents> {
  const process = checkedProcess(given);
  const [first, ...rest] = process.on.keys();
  if (first === undefined) throw new TypeError('"on" of a process manager must have a function for an event.');
  return Object.freeze<ProcessManager<AnyEvents>>({
    name: process.name,
    source: process.source,
    constraints: Object.freeze([nameIn(first, ...rest)]),
    commandsAfter: (events) => commandsAfter(process, events),
    handleEvent: (event, { signal }) => handleEvent(process, event, signal),
  });
}

async function handleEvent(process: CheckedProcess, event: StoredEvent, signal: AbortSignal): Promise<void> {
  const tag = process.memory?.tagOf(event);
  const earlier = tag === undefined ? [] : await earlierEvents(process, event, { tag, signal });
  const commands = commandsAfter(process, [...earlier, event]);
  for (const [index, sent] of commands.entries()) {
    await carryOutCommand(sent, {
      commandId: eventIdFrom("process", process.name, event.id, event.part ?? 0, index),
      metadata: causedBy(event, { actor: process.name }),
      tags: tag === undefined ? undefined : [tag],
      snapshots: sent.snapshots,
      signal,
    }).catch((cause: unknown) => {
      signal.throwIfAborted();
      const { decider, command } = sent;
      const failed = {
        process: process.name,
        eventId: event.id,
        commandType: command.type,
        decider: decider.name,
        index,
      };
      throw new ProcessCommandFailedError({ ...failed, cause });
    });
  }
}

async function carryOutCommand({ decider, target, command }: ProcessCommand, options: ExecuteOptions): Promise<void> {
  await decider.execute(target, command, options);
}

/** The events of a process before one of them, as far as they change its state. Nobody can still publish one there. */
async function earlierEvents(
  { source, memory }: CheckedProcess,
  { sequenceNumber, part = 0 }: StoredEvent,
  { tag, signal }: { readonly tag: string; readonly signal: AbortSignal },
): Promise<readonly StoredEvent[]> {
  const [first, ...rest] = memory?.names ?? [];
  if (first === undefined) return [];
  const constraints = [eventsMatch({ names: [first, ...rest], tags: [tag] }), sequenceNumberBefore(sequenceNumber + 1)];
  const events = await source.read({ constraints, signal });
  return events.filter((event) => event.sequenceNumber < sequenceNumber || (event.part ?? 0) < part);
}
