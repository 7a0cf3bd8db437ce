import type { AnyEvents } from "@eventfold/types";
import { carryOut, type PublishDecided } from "./carry-out.ts";
import { checkedOptions, type Executed, type ExecuteOptions } from "./execute-options.ts";
import { checkStreamCommand, type StreamCommand, StreamExecution } from "./stream-execution.ts";

/** Carries out a command on a stream. */
export async function executeOn(given: StreamCommand, options: ExecuteOptions): Promise<Executed<unknown, AnyEvents>> {
  const { retry, signal, ...checked } = checkedOptions(options);
  checkStreamCommand(given);
  const { stream } = given;
  const execution = new StreamExecution(given, { ...checked, signal }, [stream.identifier]);
  const publish: PublishDecided = async ([events = []]) => {
    const published = await stream.publish({ events, condition: execution.condition });
    return { events: [published], isRepeat: published.isRepeat };
  };
  await carryOut([execution], publish, { ...retry, signal });
  return execution.outcome;
}
