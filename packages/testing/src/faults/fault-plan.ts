import type { Random } from "../random/random.ts";
import type { Fault } from "./fault.ts";

/** The calls of an adapter that a fault can strike: for an iteration each step, for `onChange` each wake-up. */
export type FaultyCall =
  | "save"
  | "latest"
  | "horizon"
  | "eventById"
  | "scan"
  | "categories"
  | "streams"
  | "onChange"
  | "newsOf";

/** Says what goes wrong with each call, in the order in which the calls are made. */
export interface FaultPlan {
  /** The fault of the next call of this kind; `undefined`: it goes well. */
  next(call: FaultyCall): Fault | undefined;
}

/** What goes wrong with the first calls of each kind, one after another; the calls after these go well. */
export type FaultScript = Partial<Readonly<Record<FaultyCall, readonly (Fault | undefined)[]>>>;

/**
 * Faults by a script.
 *
 * @example
 * ```ts
 * // The second publish is stored, but its reply is lost.
 * const plan = faultScript({ save: [undefined, loseReply(new StorageUnavailableError("cut"))] });
 * ```
 */
export function faultScript(script: FaultScript): FaultPlan {
  const made = new Map<FaultyCall, number>();
  return {
    next: (call) => {
      const index = made.get(call) ?? 0;
      made.set(call, index + 1);
      return script[call]?.[index];
    },
  };
}

/** How faults are drawn. */
export interface RandomFaultOptions {
  readonly random: Random;
  /** How likely a fault is, from 0 to 1, for each call. */
  readonly probability: number;
  /** What is drawn from; at least one. */
  readonly faults: readonly Fault[];
  /** The calls that may be struck. Default: `["save"]`. */
  readonly calls?: readonly FaultyCall[] | undefined;
}

/**
 * Faults by a seed: each call is struck with the same probability.
 *
 * @example
 * ```ts
 * const plan = randomFaults({ random: seededRandom(42), probability: 0.1, faults: [delay(0), fail(new StorageBusyError("busy"))] });
 * ```
 */
export function randomFaults({ random, probability, faults, calls = ["save"] }: RandomFaultOptions): FaultPlan {
  return {
    next: (call) => (calls.includes(call) && random.chance(probability) ? random.pick(faults) : undefined),
  };
}
