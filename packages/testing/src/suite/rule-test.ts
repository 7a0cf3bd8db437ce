/** A rule of the contract of event storage: its number, or the name of a chapter that has no numbers. */
export type EventStorageRule =
  | 1
  | 2
  | 3
  | 4
  | 5
  | 6
  | 7
  | 8
  | 9
  | 10
  | 11
  | 12
  | 13
  | 14
  | 15
  | 16
  | 17
  | 18
  | 19
  | 20
  | 21
  | 22
  | 23
  | 24
  | 25
  | 26
  | 27
  | 28
  | 29
  | 30
  | 30
  | "transactions";

/** A chapter of the contract of projection storage. */
export type ProjectionStorageRule =
  | "saving"
  | "loading"
  | "queries"
  | "versions"
  | "removing"
  | "deleting"
  | "completeness"
  | "transactions"
  | "sharing"
  | "life cycle";

/** A rule of the contract of processing storage. */
export type ProcessingStorageRule =
  | "P1"
  | "P2"
  | "P3"
  | "P4"
  | "P5"
  | "P6"
  | "P7"
  | "P8"
  | "P9"
  | "P10"
  | "P11"
  | "P12"
  | "P13"
  | "P14"
  | "P15"
  | "P16"
  | "P17";

/** A rule of the contract of key storage. */
export type KeyStorageRule = "K1" | "K2" | "K3" | "K4" | "K5" | "K6" | "K7" | "K8";

/** The rule that a test cites. */
export type RuleReference = EventStorageRule | ProjectionStorageRule | ProcessingStorageRule | KeyStorageRule;

/** One promise of one rule of a contract, as a test. */
export interface RuleTest<TStage, TNeed extends string> {
  readonly rule: RuleReference;
  /** What the rule promises, as a short sentence: the test's title. */
  readonly promise: string;
  /** The capabilities that the adapter must declare; otherwise the test is skipped with that reason. */
  readonly needs: readonly TNeed[];
  /** How long the test may take, in milliseconds. */
  readonly timeLimitMs: number;
  run(stage: TStage): Promise<void>;
}

/** The time limit of a test that does not set its own, in milliseconds. */
export const DEFAULT_TIME_LIMIT_MS = 30_000;

/** The title under which a test is registered: it begins with the rule that it cites. */
export function titleOf({ rule, promise }: Pick<RuleTest<never, string>, "rule" | "promise">): string {
  return `${ruleName(rule)}: ${promise}`;
}

/** A rule as titles cite it. */
export function ruleName(rule: RuleReference): string {
  return typeof rule === "number" ? `rule ${rule}` : rule;
}
