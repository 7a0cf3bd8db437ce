/**
 * What a protected field is read as once its subject was forgotten: its keys were deleted, and nobody can read the field any more. It is
 * plain data, so a state may hold it.
 */
export type Forgotten = { readonly kind: "forgotten" };

/** A field that is protected: its value, or {@link Forgotten}. For annotations, as of the payload of an older version. */
export type Protected<T> = T | Forgotten;

/** The value that they are read as: one for all of them. */
export const FORGOTTEN: Forgotten = Object.freeze({ kind: "forgotten" });

/**
 * Whether a field is {@link Forgotten}, also one that was stored as JSON and read again.
 *
 * @example
 * ```ts
 * const nameOf = (payload: { readonly name: Protected<string> }): string =>
 *   isForgotten(payload.name) ? "someone" : payload.name;
 * ```
 */
export function isForgotten(value: unknown): value is Forgotten {
  if (typeof value !== "object" || value === null) return false;
  return (value as Partial<Forgotten>).kind === "forgotten" && Object.keys(value).length === 1;
}

/** Whether a value holds {@link Forgotten} somewhere. */
export function holdsForgotten(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isForgotten(value) || Object.values(value).some(holdsForgotten);
}
