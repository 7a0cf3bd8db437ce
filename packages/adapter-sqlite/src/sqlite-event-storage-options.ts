import {
  checkedChoice,
  checkedOrderingGuarantee,
  checkedTimeoutMs,
  type OrderingGuarantee,
} from "@eventfold/store/adapter";
import type { Logger } from "@eventfold/types";

/** How `SqliteEventStorageAdapter.open` is to open a database. */
export interface SqliteEventStorageOptions {
  /**
   * The file, which is created when it is missing, in a directory that exists; or `":memory:"` for a database that lives
   * as long as the adapter. A file on a network file system may lose events: its locks cannot be trusted.
   */
  readonly filename: string;
  /**
   * What a new log is created with; default `"log"`. An existing log keeps its own: another one is refused, and none
   * accepts it. SQLite has one writer at a time, so each guarantee is kept as strictly as `"log"`.
   */
  readonly orderingGuarantee?: OrderingGuarantee | undefined;
  /** The longest that a publish waits for its turn, in milliseconds; default 30,000. */
  readonly writeTimeoutMs?: number | undefined;
  /** Whether pending migrations are applied (the default) or refused with `SchemaTooOldError`, which then creates no file. */
  readonly migrations?: "apply" | "check" | undefined;
  /**
   * `"full"`, the default: what was acknowledged survives a crash of the machine. `"normal"`: only one of the process;
   * after a crash of the machine the newest events may be missing, and the rest is intact.
   */
  readonly synchronous?: "full" | "normal" | undefined;
  /** Gets what no result tells a caller. Default: silent. */
  readonly logger?: Logger | undefined;
}

/** The options with their defaults. */
export interface CheckedOptions {
  readonly filename: string;
  readonly orderingGuarantee: OrderingGuarantee | undefined;
  readonly writeTimeoutMs: number;
  readonly migrations: "apply" | "check";
  readonly synchronous: "full" | "normal";
}

/**
 * The options checked, with their defaults.
 *
 * @throws `TypeError` or `RangeError` for what a compiler would have refused.
 */
export function checkedOptions(options: SqliteEventStorageOptions): CheckedOptions {
  const { filename, orderingGuarantee, writeTimeoutMs = 30_000, migrations = "apply", synchronous = "full" } = options;
  return {
    filename: checkedFilename(filename),
    orderingGuarantee: orderingGuarantee === undefined ? undefined : checkedOrderingGuarantee(orderingGuarantee),
    writeTimeoutMs: checkedTimeoutMs("writeTimeoutMs", writeTimeoutMs),
    migrations: checkedChoice("migrations", migrations, ["apply", "check"]),
    synchronous: checkedChoice("synchronous", synchronous, ["full", "normal"]),
  };
}

/** Names that the driver, or the system beneath it, would take for another file. */
const MISREAD_NAMES: readonly (readonly [RegExp, string])[] = [
  [/\0/, "It holds a NUL, at which the system would cut it off."],
  [/^\s|\s$/, "It begins or ends with white space, which the driver cuts off."],
  [/^file:/i, "It is a URI, which would be taken for a relative path. Give the path itself."],
];

function checkedFilename(filename: unknown): string {
  if (typeof filename !== "string" || filename === "") {
    throw new TypeError(`filename must be the path of a file or ":memory:", got ${JSON.stringify(filename)}.`);
  }
  const misread = MISREAD_NAMES.find(([pattern]) => pattern.test(filename))?.[1];
  const reason = misread ?? (filename.isWellFormed() ? undefined : "It contains a lone surrogate.");
  if (reason !== undefined) throw new RangeError(`filename is not usable: ${JSON.stringify(filename)}. ${reason}`);
  return filename;
}
