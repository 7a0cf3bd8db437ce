import type { EventStore, EventStream, PublishRefusal } from "@eventfold/store";
import { type AnyEvents, type EventsMatchedError, isEventfoldError, type StreamIdentifier } from "@eventfold/types";
import { carryOut, type PublishDecided } from "./carry-out.ts";
import { type AnyCommand, checkCommand } from "./command.ts";
import type { CommandEvents } from "./command-events.ts";
import type { UntypedDecider } from "./decider.ts";
import { checkedOptions, EXECUTE_OPTIONS, type Executed, type ExecuteOptions } from "./execute-options.ts";
import type { CommandFor, ExecutingDecider, OptionsOf, TargetOf } from "./executing-decider.ts";
import { Execution } from "./execution.ts";
import { checkStream, LoadedStream } from "./loaded-stream.ts";
import { traceExecute } from "./tracing/execute-channel.ts";

/** A command to carry out, and its stream. */
export interface StreamCommand<TDecider extends ExecutingDecider> {
  readonly decider: TDecider;
  readonly stream: Extract<TargetOf<TDecider>, { readonly publish: unknown }>;
  readonly command: CommandFor<TDecider>;
}

/** A command for each of these deciders. */
export type StreamCommands<TDeciders extends readonly ExecutingDecider[]> = readonly [
  ...{ readonly [TIndex in keyof TDeciders]: StreamCommand<TDeciders[TIndex]> },
];

/** What each of these deciders' commands has led to. */
export type ExecutedCommands<TDeciders extends readonly ExecutingDecider[]> = {
  -readonly [TIndex in keyof TDeciders]: Awaited<ReturnType<TDeciders[TIndex]["execute"]>>;
};

/** The options that every one of these deciders takes. */
export type CommonOptions<TDecider> = (
  TDecider extends unknown
    ? (options: OptionsOf<TDecider>) => void
    : never
) extends (options: infer TOptions) => void
  ? TOptions
  : never;

/** What only the carrying out of several commands takes. */
export interface ExecuteManyOptions {
  /**
   * Refuses all of them if a boundary has changed since it was read, or if an event ever matched a query, in whatever stream: it rejects
   * with `EventsMatchedError`, and does not decide again, because what has matched will not cease to. It is judged when something is
   * published: not for a repeat, nor where no command decides an event. Default: nothing.
   */
  readonly failIf?: PublishRefusal | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set([...EXECUTE_OPTIONS, "failIf"]);

/**
 * Carries out several commands, each on a stream of its own, in one publish: all of them, or none. Each is decided on the state of
 * its own stream, and the publish is refused if others have published to any of the streams meanwhile, even to one for which nothing
 * was decided. Then all are read and decided again, as by `Decider.execute`.
 *
 * With `failIf` they are refused if certain events have been published in other streams, as by `EventStore.publish`.
 *
 * A `commandId` identifies the commands together, on these streams in any order: repeat the call with the same streams.
 *
 * @param store the store that the streams are of.
 * @returns what each command has led to, in their order. `isRepeat` is the same in all.
 * @throws `RangeError` when there is no command, or two are for one stream; else as `Decider.execute`. When one command is refused,
 * nothing is stored. `EventsMatchedError` (`EVENTS_MATCHED`) when an event matches `failIf`, `TypeError` for what is no such refusal.
 *
 * @example
 * ```ts
 * const [from, to] = await executeMany(
 *   store,
 *   [
 *     { decider: account, stream: accounts.stream("acc-1"), command: { type: "withdraw", amount: 5 } },
 *     { decider: account, stream: accounts.stream("acc-2"), command: { type: "deposit", amount: 5 } },
 *   ],
 *   { commandId: "transfer-7" },
 * );
 * ```
 */
export function executeMany<const TDeciders extends readonly ExecutingDecider[]>(
  store: Pick<EventStore, "publish">,
  commands: StreamCommands<TDeciders>,
  options?: CommonOptions<TDeciders[number]> & ExecuteManyOptions,
): Promise<ExecutedCommands<TDeciders>>;
export async function executeMany(
  store: Pick<EventStore, "publish">,
  given: readonly unknown[],
  options: unknown = {},
): Promise<readonly Executed<unknown, AnyEvents>[]> {
  const commands = given as readonly UntypedStreamCommand[];
  const scope = checkedScope(commands);
  const deciders = commands.map(({ decider }) => decider);
  const { retry, snapshots, signal, ...identity } = checkedOptions(options as ExecuteOptions, deciders, OPTIONS);
  const { failIf } = options as ExecuteManyOptions;
  const executions = commands.map(({ decider, stream, command }) => {
    const basisWith = (stored: CommandEvents | undefined) =>
      new LoadedStream({ projector: decider.projector, stream, snapshots, signal, stored });
    return new Execution({ ...identity, decider, command, stream, scope, basisWith });
  });
  const publish: PublishDecided = async (decided) => {
    const entries = executions.map((execution, index) => execution.entry(decided[index] ?? []));
    const published = await store.publish(entries, { failIf }).catch((error: unknown) => {
      throw isEventfoldError(error, "EVENTS_MATCHED") ? new FinalRefusal(error) : error;
    });
    return { events: published, isRepeat: published.isRepeat };
  };
  await traceExecute(
    () => commands,
    () =>
      carryOut(executions, publish, { ...retry, signal }).catch((error: unknown) => {
        throw error instanceof FinalRefusal ? error.refusal : error;
      }),
  );
  return executions.map(({ outcome }) => outcome);
}

/** Keeps the commands from being decided again: the events that they were refused for stay. */
class FinalRefusal {
  readonly refusal: EventsMatchedError;

  constructor(refusal: EventsMatchedError) {
    this.refusal = refusal;
  }
}

/** A command whose types the compiler has checked, without them. */
interface UntypedStreamCommand {
  readonly decider: UntypedDecider;
  readonly stream: EventStream;
  readonly command: AnyCommand;
}

/** The streams of the commands. @throws `RangeError`, `TypeError`, `InvalidCommandError` for what cannot be carried out. */
function checkedScope(commands: readonly UntypedStreamCommand[]): readonly StreamIdentifier[] {
  if (!Array.isArray(commands)) throw new TypeError("executeMany takes a list of { decider, stream, command }.");
  if (commands.length === 0) throw new RangeError("executeMany needs at least one command.");
  const seen = new Set<string>();
  return Array.from<UntypedStreamCommand, StreamIdentifier>(commands, ({ decider, stream, command }) => {
    checkStream(stream);
    checkCommand(decider, command);
    const key = JSON.stringify([stream.identifier.category, stream.identifier.stream]);
    if (seen.has(key))
      throw new RangeError(`Two commands are for the stream ${key}. Carry them out one after the other.`);
    seen.add(key);
    return stream.identifier;
  });
}
