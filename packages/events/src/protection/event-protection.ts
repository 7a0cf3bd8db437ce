import { printPath } from "@eventfold/store/adapter";
import { InvalidEventError } from "@eventfold/types";
import { faultOf } from "../keys/subject.ts";
import type { PayloadPath } from "../payload-validation.ts";
import { type FieldTree, fieldTree } from "./field-tree.ts";

/** Which fields of an event are protected, and whose they are. */
export interface ProtectOptions<TPayload, TField extends string> {
  /**
   * Whose fields they are: the key of this subject encrypts them. It is stored as it is, and stays when the subject is forgotten, so let it
   * be an id that says nothing by itself, never a name or an e-mail address: 1 to 200 code points, without control characters.
   *
   * @param payload what the schema has made of what is published.
   */
  readonly subject: (payload: TPayload) => string;
  /** Paths to members of the payload: `"name"`, `"address.street"`. An array is protected as a whole. At least one. */
  readonly fields: readonly [TField, ...TField[]];
}

/** The protection of one event, as its definition carries it. */
export interface EventProtection {
  readonly subject: (payload: never) => string;
  readonly fields: FieldTree;
}

/** The one member of a payload that the library keeps for itself. */
export const PROTECTED_MEMBER = "$protected";

/**
 * The protection that options ask for.
 *
 * @throws `TypeError` for options that protect nothing, or protect something twice.
 */
export function checkedProtection(options: ProtectOptions<never, string> | undefined): EventProtection | undefined {
  if (options === undefined) return undefined;
  const { subject, fields } = (options ?? {}) as Partial<ProtectOptions<never, string>>;
  if (typeof subject !== "function")
    throw new TypeError("protect needs a function `subject`, which says whose fields they are.");
  if (!Array.isArray(fields) || fields.length === 0)
    throw new TypeError("protect needs at least one path in `fields`.");
  const paths = fields.map((path, index) => checkedPath(path, fields.slice(0, index)));
  return Object.freeze({ subject, fields: fieldTree(paths) });
}

function checkedPath(path: unknown, before: readonly string[]): readonly string[] {
  const names = typeof path === "string" ? path.split(".") : [];
  if (names.length === 0 || names.includes("") || !names.every((name) => name.isWellFormed() && !name.includes("\0"))) {
    throw new TypeError(
      `A protected field must be a path such as "address.street", got ${JSON.stringify(path) ?? typeof path}.`,
    );
  }
  if (names[0] === PROTECTED_MEMBER) throw new TypeError(`The member ${PROTECTED_MEMBER} belongs to the library.`);
  const overlapping = before.find((other) => `${path}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${path}.`));
  if (overlapping === undefined) return names;
  throw new TypeError(
    `The protected fields ${JSON.stringify(overlapping)} and ${JSON.stringify(path)} overlap. Name each field once.`,
  );
}

/**
 * Whose fields those of a payload are.
 *
 * @throws `InvalidEventError` when the payload names no subject.
 */
export function subjectOf({ subject }: EventProtection, payload: unknown, path: PayloadPath): string {
  let given: unknown;
  try {
    given = subject(payload as never);
  } catch (cause) {
    throw invalid(
      path,
      `its \`protect.subject\` threw: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  }
  const fault = faultOf(given);
  if (fault === undefined) return given as string;
  throw invalid(path, `its \`protect.subject\` gave no subject: ${fault}`);
}

function invalid(path: PayloadPath, reason: string, cause?: unknown): InvalidEventError {
  return new InvalidEventError({ path: printPath(path()), reason, cause });
}
