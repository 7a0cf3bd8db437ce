import type { InlinePublish } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import { traceProject } from "../tracing/project-channel.ts";
import {
  type InlineScope,
  type InlineTarget,
  projectedEvents,
  scopeIn,
  type UntypedKeyedProjector,
  type UntypedProjector,
} from "./inline-scope.ts";
import { saveKeyed } from "./keyed-steps.ts";
import { saveSteps } from "./save-steps.ts";
import { type StepOptions, sourceSteps } from "./source-steps.ts";

/** Publishes of one source wait for one another, so only a save by hand can come in between. */
const MOST_TRIES = 5;

/** Brings the projections that a publish concerns up to date, and saves them in its transaction. */
export async function projectInline(target: InlineTarget, publish: InlinePublish): Promise<void> {
  const own = await projectedEvents(target, publish.events);
  if (own.length === 0) return;
  const { source, projector } = target;
  await traceProject(
    () => ({ projector: projector.name, version: projector.version, source, isInline: true }),
    () => saveUntilUnchanged(scopeIn(target, publish), own),
  );
}

async function saveUntilUnchanged(scope: InlineScope, own: readonly StoredEvent[]): Promise<void> {
  let failure: Error | undefined;
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    failure = await saveProjected(scope, own, { isFirstTry: tries === 1 });
    if (failure === undefined) return;
  }
  throw failure;
}

async function saveProjected(
  scope: InlineScope,
  events: readonly StoredEvent[],
  options: StepOptions,
): Promise<Error | undefined> {
  if (isKeyed(scope)) return saveKeyed(scope, events);
  return saveSteps(scope, await sourceSteps(scope as InlineScope<UntypedProjector>, events, options));
}

function isKeyed(scope: InlineScope): scope is InlineScope<UntypedKeyedProjector> {
  return scope.projector.keysOf !== undefined;
}
