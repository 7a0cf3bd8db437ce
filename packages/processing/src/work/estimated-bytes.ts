const WORD = 8;
const OBJECT = 32;

/**
 * About how many bytes of memory a value takes, by its parts: strings, numbers, arrays and objects with what is in them. It stops
 * counting beyond a limit, so it ends for values that contain themselves too.
 */
export function estimatedBytes(value: unknown, limit: number): number {
  let bytes = 0;
  const open: unknown[] = [value];
  while (open.length > 0 && bytes <= limit) {
    const part = open.pop();
    bytes += WORD;
    if (typeof part === "string") bytes += part.length;
    else if (typeof part === "object" && part !== null) {
      bytes += OBJECT;
      for (const inner of Object.values(part)) open.push(inner);
    }
  }
  return bytes;
}
