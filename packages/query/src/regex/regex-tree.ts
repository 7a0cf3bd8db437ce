/** An inclusive range of code points. */
export interface CodePointRange {
  readonly from: number;
  readonly to: number;
}

/** Matches the empty text. */
export interface RegexEmpty {
  readonly kind: "empty";
}

/** Matches one code point. */
export interface RegexCharacter {
  readonly kind: "character";
  readonly codePoint: number;
}

/** Matches any one code point, line ends too. */
export interface RegexAny {
  readonly kind: "any";
}

/** Matches one code point that is in one of the ranges, or, negated, in none. */
export interface RegexSet {
  readonly kind: "set";
  readonly isNegated: boolean;
  /** At least one; in rising order, apart from one another. */
  readonly ranges: readonly CodePointRange[];
}

/** Matches at the start or the end of the whole text, never at a line. */
export interface RegexAnchor {
  readonly kind: "start" | "end";
}

/** Matches its nodes one after the other. */
export interface RegexSequence {
  readonly kind: "sequence";
  readonly nodes: readonly RegexNode[];
}

/** Matches one of its nodes. */
export interface RegexChoice {
  readonly kind: "choice";
  readonly nodes: readonly RegexNode[];
}

/** Matches its node again and again. */
export interface RegexRepeat {
  readonly kind: "repeat";
  readonly node: RegexNode;
  readonly min: number;
  /** `null` when there is no limit. */
  readonly max: number | null;
}

/** A regular expression as a tree: what remains once groups and the choice of greed, which cannot change whether a text matches, are gone. */
export type RegexNode =
  | RegexEmpty
  | RegexCharacter
  | RegexAny
  | RegexSet
  | RegexAnchor
  | RegexSequence
  | RegexChoice
  | RegexRepeat;

/** A regular expression of the portable subset, with its tree. */
export interface Regex {
  /** As it was given. */
  readonly pattern: string;
  readonly tree: RegexNode;
}
