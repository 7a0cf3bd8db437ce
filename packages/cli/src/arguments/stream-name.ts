import { InvalidArgumentError } from "commander";

/** The names of a stream, as two words. */
export interface StreamNames {
  readonly category: string;
  readonly stream: string;
}

/** What is said of an operand that names a stream. */
export const STREAM_USAGE = "CATEGORY/STREAM; in the name of the category, % is written %25 and / is written %2F";

/**
 * Reads `CATEGORY/STREAM`: what is before the first slash is the category, where % and / are written as in a URL; everything
 * after it is the stream, as it is.
 *
 * @throws commander's `InvalidArgumentError` for anything else.
 *
 * @example
 * ```ts
 * parseStreamName("files/src/index.ts"); // { category: "files", stream: "src/index.ts" }
 * ```
 */
export function parseStreamName(text: string): StreamNames {
  const slash = text.indexOf("/");
  const category = decoded(text.slice(0, slash));
  const stream = text.slice(slash + 1);
  if (slash === -1 || category === undefined || category === "" || stream === "") {
    throw new InvalidArgumentError(`A stream is named ${STREAM_USAGE}.`);
  }
  return { category, stream };
}

/** The form that {@link parseStreamName} reads. */
export function printStreamName({ category, stream }: StreamNames): string {
  return `${category.replace(/[%/]/g, encodeURIComponent)}/${stream}`;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // a stray %
  }
}
