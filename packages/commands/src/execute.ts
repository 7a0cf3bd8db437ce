import type { EventStream } from "@eventfold/store";
import type { AnyEvents } from "@eventfold/types";
import { carryOut, type PublishDecided } from "./carry-out.ts";
import { type AnyCommand, checkCommand } from "./command.ts";
import type { CommandEvents } from "./command-events.ts";
import type { UntypedDecider } from "./decider.ts";
import type { DecisionBasis } from "./decision-basis.ts";
import { checkDecisionBoundary, type DecisionBoundary, isDecisionBoundary } from "./decision-boundary.ts";
import { checkedOptions, type Executed, type ExecuteOptions } from "./execute-options.ts";
import { Execution } from "./execution.ts";
import { LoadedBoundary } from "./loaded-boundary.ts";
import { checkStream, LoadedStream } from "./loaded-stream.ts";
import { traceExecute } from "./tracing/execute-channel.ts";

/** A command, and what it is decided on. */
export interface TargetedCommand {
  readonly decider: UntypedDecider;
  readonly target: EventStream | DecisionBoundary<AnyEvents>;
  readonly command: AnyCommand;
}

/** Carries out a command on a stream, or on a boundary. */
export async function executeOn(
  { decider, target, command }: TargetedCommand,
  options: ExecuteOptions,
): Promise<Executed<unknown, AnyEvents>> {
  const { retry, snapshots, signal, ...identity } = checkedOptions(options, [decider]);
  checkCommand(decider, command);
  const stream = isDecisionBoundary(target) ? target.stream : target;
  checkStream(stream);
  if (isDecisionBoundary(target)) checkDecisionBoundary(target, snapshots);
  const basisWith = (stored: CommandEvents | undefined): DecisionBasis =>
    isDecisionBoundary(target)
      ? new LoadedBoundary({ decider, boundary: target, signal, stored })
      : new LoadedStream({ projector: decider.projector, stream, snapshots, signal, stored });
  const execution = new Execution({ ...identity, decider, command, stream, scope: [stream.identifier], basisWith });
  const publish: PublishDecided = async ([events = []]) => {
    const published = await execution.publish(events);
    return { events: [published], isRepeat: published.isRepeat };
  };
  await traceExecute(
    () => [{ decider, command, stream }],
    () => carryOut([execution], publish, { ...retry, signal }),
  );
  return execution.outcome;
}
