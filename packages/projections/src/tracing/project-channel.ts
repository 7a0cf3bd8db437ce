import { tracingChannel } from "node:diagnostics_channel";
import type { SourceIdentifier } from "@eventfold/types";

/**
 * A message of the tracing channel `eventfold:project`: a source is folded by `project` or `projectMany` of a projector, or the
 * projections of a projector are brought up to date within a publish. It says nothing of states.
 */
export interface ProjectMessage {
  /** The name of the projector. */
  readonly projector: string;
  readonly version: number;
  readonly source: SourceIdentifier;
  /** Whether it happens within a publish, by `inlineProjection`. */
  readonly isInline: boolean;
  /** From `error` on, where it has failed. */
  readonly error?: unknown;
}

const projecting = tracingChannel<unknown, object>("eventfold:project");

/** Projects within the tracing channel `eventfold:project`. Without a subscriber it costs one check. */
export function traceProject<T>(message: () => ProjectMessage, project: () => Promise<T>): Promise<T> {
  return projecting.hasSubscribers ? traced(message, project) : project();
}

async function traced<T>(message: () => ProjectMessage, project: () => Promise<T>): Promise<T> {
  let projected: { readonly value: T } | undefined;
  await projecting.tracePromise(async () => {
    projected = { value: await project() };
  }, message());
  return (projected as unknown as { readonly value: T }).value;
}
