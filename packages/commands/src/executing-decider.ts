/** What the compiler needs of a decider to check a command for it: every `Decider` has it. */
export interface ExecutingDecider {
  readonly execute: (target: never, command: never, options?: never) => Promise<unknown>;
}

/** What a decider carries out commands on. */
export type TargetOf<TDecider extends ExecutingDecider> = Parameters<TDecider["execute"]>[0];

/** The commands of a decider. */
export type CommandFor<TDecider extends ExecutingDecider> = Parameters<TDecider["execute"]>[1];

/** The options that a decider takes. */
export type OptionsOf<TDecider> = TDecider extends {
  readonly execute: (target: never, command: never, options?: infer TOptions) => unknown;
}
  ? Exclude<TOptions, undefined>
  : never;
