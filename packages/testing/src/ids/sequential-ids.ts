/**
 * Makes event ids that a test can predict: canonical lower-case UUIDs that count from `first`.
 *
 * @throws `RangeError` when `first` is not an integer from 0 to 2⁴⁸ − 1.
 *
 * @example
 * ```ts
 * const store = new EventStore({ adapter, newId: sequentialIds() });
 * // 00000000-0000-7000-8000-000000000001, 00000000-0000-7000-8000-000000000002 …
 * ```
 */
export function sequentialIds(first = 1): () => string {
  if (!Number.isSafeInteger(first) || first < 0 || first >= 2 ** 48) {
    throw new RangeError(`Ids must count from an integer from 0 to 2^48 - 1, got ${first}.`);
  }
  let next = first;
  return () => {
    const id = `00000000-0000-7000-8000-${next.toString(16).padStart(12, "0")}`;
    next += 1;
    return id;
  };
}
