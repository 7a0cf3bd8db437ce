import { tracingChannel } from "node:diagnostics_channel";
import { type Context, diag } from "@opentelemetry/api";
import { ActiveContext } from "./active-context.ts";

/** What is recorded of a message, from its start to its end. */
export interface Operation {
  /** The context to do the work in; absent: the one that it is called in. */
  readonly context?: Context | undefined;
  /** The message has its result or error now. */
  readonly end: () => void;
}

/** That of a message whose beginning could not be recorded. */
const UNRECORDED: Operation = { end: () => {} };

/** Ends the observation of a channel. What is under way is still recorded. */
export type EndObserving = () => void;

/**
 * Begins an operation with each message of a tracing channel, and ends it with the message. What fails in this is told to the
 * diagnostic logger of OpenTelemetry: it never reaches the work that is observed.
 */
export function observeChannel<TMessage extends object>(
  name: string,
  begin: (message: TMessage) => Operation,
): EndObserving {
  type Observed = TMessage & { [begun]?: Operation };
  const channel = tracingChannel<unknown, Observed>(name);
  const begun = Symbol("eventfold.operation"); // of this observer alone: others may listen to the same message
  let underWay = 0;
  let isOver = false;

  const start = (message: Observed): Context | undefined => {
    const operation = quietly(() => begin(message)) ?? UNRECORDED;
    message[begun] = operation;
    underWay++;
    return operation.context;
  };
  const onStart = (message: unknown): void => {
    // where nothing runs within the channel, nothing that is bound to it was called
    if (!(begun in (message as Observed))) start(message as Observed);
  };
  const onEnd = (message: unknown): void => {
    const operation = (message as Observed)[begun];
    if (operation === undefined) return; // it started before this began to listen
    underWay--;
    quietly(() => operation.end());
    if (isOver && underWay === 0) channel.asyncEnd.unsubscribe(onEnd);
  };

  const active = new ActiveContext();
  channel.start.bindStore(active as never, start);
  channel.start.subscribe(onStart);
  channel.asyncEnd.subscribe(onEnd);
  return () => {
    if (isOver) return;
    isOver = true;
    channel.start.unbindStore(active as never);
    channel.start.unsubscribe(onStart);
    if (underWay === 0) channel.asyncEnd.unsubscribe(onEnd);
  };
}

/** Does something that must not fail, and cannot be repaired where it does. */
export function quietly<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    diag.error("eventfold: a message could not be recorded", error);
    return undefined;
  }
}
