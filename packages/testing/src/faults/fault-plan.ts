import type { Random } from "../random/random.ts";
import type { Fault } from "./fault.ts";

/** The calls of an adapter that can have a fault: each step of an iteration, and each wake-up of `onChange`. */
export type FaultyCall =
  | "save"
  | "latest"
  | "horizon"
  | "boundary"
  | "eventById"
  | "scan"
  | "storedTexts"
  | "categories"
  | "streams"
  | "onChange"
  | "newsOf"
  | "restore";

/** Says what goes wrong with each call, in the order in which the calls are made. */
export interface FaultPlan {
  /** The fault of the next call of this kind; `undefined` if the call goes well. */
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
  /** The faults to draw from; at least one. */
  readonly faults: readonly Fault[];
  /** The calls that may have a fault. Default: `["save"]`. */
  readonly calls?: readonly FaultyCall[] | undefined;
}

/**
 * Random faults from a seed: each call has a fault with the same probability.
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
