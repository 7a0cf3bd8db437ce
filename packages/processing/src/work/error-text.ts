const LONGEST = 2_000;

/** What a storage can keep of whatever a handler has thrown: at most 2,000 code points of well-formed text. */
export function errorTextOf(error: unknown): string {
  const text = textOf(error).toWellFormed().replaceAll("\u0000", "\ufffd");
  return text.length <= LONGEST ? text : [...text].slice(0, LONGEST).join("");
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return "What was thrown cannot be printed.";
  }
}
