import type { OpenedDatabase, OpeningOptions } from "../database/opened-database.ts";
import type { Confirmation } from "../output/confirmation.ts";
import type { Output } from "../output/output.ts";
import type { ProgressOptions, ProgressReport } from "../output/progress.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { ProgramContext } from "./program-context.ts";

/** An operand: a word that is told apart by its place. */
export interface OperandDefinition {
  /** In lower case, as help shows it: `<stream>`. */
  readonly name: string;
  readonly description: string;
  /** Default: it must be given. */
  readonly isOptional?: boolean;
  /** Whether it takes all words that are left. Only the last operand may. */
  readonly isVariadic?: boolean;
  /** The words that it can be. */
  readonly choices?: readonly string[];
}

/** An option, told apart by its flag. */
export interface OptionDefinition {
  /** As commander writes them: `--name <name>`. A list, `<name...>`, would swallow operands: see `isRepeatable`. */
  readonly flags: string;
  readonly description: string;
  /** Reads the text that was given; throws commander's `InvalidArgumentError`. Default: the text. */
  readonly parse?: (text: string) => unknown;
  /** Whether it may be given several times: then it is an array of texts. */
  readonly isRepeatable?: boolean;
  /** What it is when it is not given. */
  readonly defaultValue?: unknown;
  /** The words that it can be. */
  readonly choices?: readonly string[];
}

/** A use of a command, for its help and its page. */
export interface CommandExample {
  /** The whole line, beginning with `eventfold`. */
  readonly line: string;
  /** What it does, as a full sentence. */
  readonly explanation: string;
}

/** What a command is given when it runs. */
export interface CommandRun<TOptions extends object = object> {
  /** The address of the database that was given; `undefined` where a config opens it, or there is none. */
  readonly address: string | undefined;
  /** The operands in order, without the database; those that were not given are absent. */
  readonly operands: readonly string[];
  readonly options: TOptions;
  readonly output: Output;
  /** Aborted by Ctrl-C and by the other signals that ask a program to stop. */
  readonly signal: AbortSignal;
  readonly context: ProgramContext;
  /** All commands of the program. */
  readonly commands: readonly AnyCommandDefinition[];

  /**
   * Opens what the command is about: the database that was given, or what the config opens. It is closed when the program ends.
   *
   * @param options default: its schemas are checked, never written, and a file that is not there is not made.
   */
  readonly open: (options?: OpeningOptions) => Promise<OpenedDatabase>;

  /** Opens a further database by its address, such as the target of a copy. It is closed when the program ends. */
  readonly openAddress: (address: string, options?: OpeningOptions) => Promise<OpenedDatabase>;

  /** Shows how far work has come, from its second second on, where a terminal shows it. Stop it in any case. */
  readonly startProgress: (options: ProgressOptions) => ProgressReport;

  /**
   * Makes sure that what the command is about to destroy may go: returns when `--yes` was given or the person agreed.
   *
   * @throws `Failure` when the person did not, or nobody can be asked.
   */
  readonly confirm: (confirmation: Confirmation) => Promise<void>;
}

/** A command of the program: what its help, its page and the completion say of it, and what it does. */
export interface CommandDefinition<TOptions extends object = object> {
  readonly name: string;
  /** One line: what it does, as an imperative sentence with a full stop. */
  readonly summary: string;
  /** Further paragraphs: order, limits, cost. */
  readonly details?: readonly string[];
  /** How its operands are written, where that needs saying: each form, and what it means. */
  readonly forms?: readonly (readonly [form: string, meaning: string])[];
  /** Whether it is about a database, which is then the first operand, or opened by `--config`. */
  readonly needsDatabase: boolean;
  readonly operands?: readonly OperandDefinition[];
  readonly options?: readonly OptionDefinition[];
  /** Whether it may destroy something, and so takes `--yes`. */
  readonly confirms?: boolean;
  /** At least one. */
  readonly examples: readonly CommandExample[];
  /** What its exit codes mean, beside 0, 1, 2, 129, 130 and 143. */
  readonly exitCodes?: Readonly<Partial<Record<ExitCode, string>>>;
  /** Does it. Returns the exit code; default 0. */
  readonly run: (run: CommandRun<TOptions>) => Promise<ExitCode | undefined>;
}

/** A definition whatever its options, to be kept in a list. */
export type AnyCommandDefinition = CommandDefinition<never>;

/**
 * Defines a command. The type of its options is what commander makes of their flags: `--as-of <time>` is `asOf`, and absent
 * options are `undefined`.
 *
 * @example
 * ```ts
 * export const categories = defineCommand<{ limit?: number }>({
 *   name: "categories",
 *   summary: "List the categories.",
 *   needsDatabase: true,
 *   examples: [{ line: "eventfold categories sqlite:app.db", explanation: "Lists those of a file." }],
 *   run: async ({ open, output }) => {
 *     const { store } = await open();
 *     for await (const { category } of store.categories()) await output.print({ category }, () => [category]);
 *   },
 * });
 * ```
 */
export function defineCommand<TOptions extends object = object>(
  definition: CommandDefinition<TOptions>,
): AnyCommandDefinition {
  return definition as AnyCommandDefinition;
}
