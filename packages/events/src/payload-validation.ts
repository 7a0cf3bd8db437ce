import { printPath, type ValuePath } from "@eventfold/store/adapter";
import { InvalidEventError, isUnawaited } from "@eventfold/types";
import type { StandardSchemaV1 } from "@standard-schema/spec";

/** Makes the path to a payload, for the error. */
export type PayloadPath = () => ValuePath;

/**
 * What a schema makes of a payload: at once, unless the schema is asynchronous.
 *
 * @throws or rejects with `InvalidEventError` for what the schema refuses, and for a schema that throws.
 */
export function validatedPayload(schema: StandardSchemaV1, payload: unknown, path: PayloadPath): unknown {
  let result: unknown;
  try {
    result = schema["~standard"].validate(payload);
  } catch (error) {
    throw schemaFailure(error, path);
  }
  if (!isPromise(result)) return outputOf(result, path);
  return result.then(
    (settled) => outputOf(settled, path),
    (error: unknown) => {
      throw schemaFailure(error, path);
    },
  );
}

/** Whether there is something to wait for: a promise of any realm. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

function outputOf(result: unknown, path: PayloadPath): unknown {
  const { issues, value } = (result ?? {}) as { readonly issues?: unknown; readonly value?: unknown };
  if (!issues) {
    if (isUnawaited(value)) {
      throw new InvalidEventError({ path: printPath(path()), reason: "its schema gave a promise as its value" });
    }
    if (typeof result === "object" && result !== null && "value" in result) return value;
    throw new InvalidEventError({
      path: printPath(path()),
      reason: "its schema returned neither a value nor issues, so it is not a Standard Schema",
    });
  }
  const given: readonly Partial<StandardSchemaV1.Issue>[] = Array.isArray(issues) ? issues : [issues];
  const found = given.length === 0 ? [{}] : given;
  throw refusalOf(Array.from(found, (issue) => payloadIssueOf(issue, path)));
}

/** What a schema says is wrong with a payload. */
export interface PayloadIssue {
  readonly path: string;
  readonly message: string;
}

/** The first issue, with a count of the others. All are the cause, without what else a validator puts in, such as the values. */
export function refusalOf(cause: readonly PayloadIssue[]): InvalidEventError {
  const [{ path, message } = { path: "payload", message: "the schema refused it" }, ...others] = cause;
  const count = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return new InvalidEventError({ path, reason: `${message.replace(/\.$/, "")}${count}`, cause });
}

function payloadIssueOf(
  { message = "the schema refused it", path: segments }: Partial<StandardSchemaV1.Issue>,
  path: PayloadPath,
): PayloadIssue {
  return { path: printPath([...path(), ...Array.from(segments ?? [], segmentOf)]), message: String(message) };
}

/** A segment is a key, or an object with one. */
function segmentOf(segment: PropertyKey | StandardSchemaV1.PathSegment): string | number {
  const key = typeof segment === "object" && segment !== null ? segment.key : segment;
  return typeof key === "number" ? key : String(key);
}

function schemaFailure(error: unknown, path: PayloadPath): InvalidEventError {
  const message = error instanceof Error ? error.message : String(error);
  return new InvalidEventError({ path: printPath(path()), reason: `its schema threw: ${message}`, cause: error });
}
