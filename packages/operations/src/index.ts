// Reading: what tools that show a log have in common
export type { AnyKeyedProjector, AnyProjector, AnySingleProjector } from "./reading/any-projector.ts";
export { type EventOutline, outlineOf, outlineOfText } from "./reading/event-outline.ts";
export { type Causes, type CausesEnd, findCauses } from "./reading/find-causes.ts";
export { type Effect, type Effects, findEffects, type FindEffectsOptions } from "./reading/find-effects.ts";
export { readTexts } from "./reading/read-texts.ts";
export { stateAt, type StateAtOptions } from "./reading/state-at.ts";
export { differencesOf, type StateDifference } from "./reading/state-difference.ts";
export type { StatePlace } from "./reading/state-place.ts";
export { type StateStep, stateSteps, type StateStepsOptions } from "./reading/state-steps.ts";
export { type CausedEvent, type EventTrace, traceEvent, type TraceOptions, treeOf } from "./reading/trace-event.ts";
export { visibleJson, visibleLines, visibleText } from "./reading/visible-text.ts";
