/** What every error of the library is made from. */
export interface EventfoldErrorOptions {
  /** Stable name of the failure, such as `UNMET_WRITE_CONDITION`; it does not change between versions. */
  readonly code: string;
  /** Whether the identical call may succeed later. Default: `false`. */
  readonly isRetryable?: boolean | undefined;
  /** The error beneath, such as a driver's. */
  readonly cause?: unknown;
}

/**
 * The base of all errors that the library makes. Test `code` rather than the class: two copies of a package in one
 * application have two classes, but one code.
 *
 * Misuse that a compiler would have caught is a plain `TypeError` or `RangeError` instead.
 *
 * @example
 * ```ts
 * try {
 *   await stream.publish({ events, condition: streamIsEmpty() });
 * } catch (error) {
 *   if (isEventfoldError(error, "UNMET_WRITE_CONDITION")) console.log(error.latestPosition);
 *   else throw error;
 * }
 * ```
 */
export class EventfoldError extends Error {
  /** Stable name of the failure: the class name without `Error`, in capitals. */
  readonly code: string;
  /** Whether the identical call may succeed later. */
  readonly isRetryable: boolean;

  constructor(message: string, { code, isRetryable = false, cause }: EventfoldErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = nameOf(code);
    this.code = code;
    this.isRetryable = isRetryable;
  }
}

/** The name of the class, derived from the code: a minifier may change that of the class itself. */
function nameOf(code: string): string {
  const words = code.toLowerCase().split("_");
  return `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("")}Error`;
}
