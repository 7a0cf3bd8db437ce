import type { KeyedProjector, Projector, ProjectorSource, UnhandledEventPolicy } from "@eventfold/projections";
import type { AnyDeciderEvent, Decider } from "./decider.ts";
import { DeciderSpecification } from "./decider-specification.ts";
import { KeyedProjectorSpecification } from "./keyed-projector-specification.ts";
import type { Process } from "./process.ts";
import { ProcessSpecification } from "./process-specification.ts";
import { keyedFoldOf, projectionFoldOf } from "./projector-fold.ts";
import { ProjectorSpecification } from "./projector-specification.ts";

/**
 * Begins examples of what a decider, a process manager or a projector should do: given these events, when this command or event
 * comes, then …
 *
 * A decider is any `{ initialState, evolve, decide }`; its types determine what may be given and expected. Failures are
 * `AssertionError`s, which every runner shows; they name the event and the place. If `decide` is asynchronous, `then…` returns
 * a promise: await it.
 *
 * @example
 * ```ts
 * specification(account)
 *   .given([{ name: "account-opened", payload: { owner: "Ada" } }])
 *   .when({ deposit: 5 })
 *   .then([{ name: "money-deposited", payload: { amount: 5 } }]);
 *
 * specification(account).given([]).when({ deposit: 5 }).thenRejects("ACCOUNT_CLOSED");
 *
 * specification(fulfilment)
 *   .given([{ name: "order-placed", payload: { sku: "tea" }, tags: ["order:1"] }])
 *   .when({ name: "payment-declined", payload: {}, tags: ["order:1"] })
 *   .then([processCommand({ decider: stock, target: stocks.stream("tea"), command: { type: "release", order: "1" } })]);
 *
 * specification(accountProjector)
 *   .given([{ name: "account-opened", payload: { owner: "Ada" } }])
 *   .then({ owner: "Ada", balance: 0 });
 * ```
 */
export function specification<
  TState,
  TEvents extends object,
  TMetadata,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
>(
  projector: KeyedProjector<TState, TEvents, TMetadata, TSource, TUnhandled>,
): KeyedProjectorSpecification<TState, TEvents, TMetadata>;
export function specification<
  TState,
  TEvents extends object,
  TMetadata,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
>(
  projector: Projector<TState, TEvents, TMetadata, TSource, TUnhandled>,
): ProjectorSpecification<TState, TEvents, TMetadata>;
export function specification<TState, TCommand, TEvent extends AnyDeciderEvent, TDecision>(
  decider: Decider<TState, TCommand, TEvent, TDecision>,
): DeciderSpecification<TState, TCommand, TEvent, TDecision>;
export function specification<TEvent extends AnyDeciderEvent>(process: Process<TEvent>): ProcessSpecification<TEvent>;
export function specification(
  subject:
    | KeyedProjector<unknown, object>
    | Projector<unknown, object>
    | Process<AnyDeciderEvent>
    | Decider<unknown, unknown, AnyDeciderEvent, unknown>,
): unknown {
  if ("commandsAfter" in subject) return new ProcessSpecification(subject);
  if ("decide" in subject) return new DeciderSpecification(subject);
  if ("keysOf" in subject) return new KeyedProjectorSpecification(keyedFoldOf(subject));
  return new ProjectorSpecification(projectionFoldOf(subject));
}
