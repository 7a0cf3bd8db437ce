import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";

/** The most code points that the name of a stream may have. */
const LIMIT = 512;

/** Separates the prefix from the digest; no encoded path has a `%` that is not followed by two digits. */
const DIGEST_MARK = "%sha256-";

const DIGEST_DIGITS = 64;

/**
 * The name of the stream of a path: the path itself, with control characters, `%` and bytes that are not UTF-8
 * percent-encoded, each byte as `%` and two upper-case hexadecimal digits. One of more than 512 code points becomes its
 * first 440, `%sha256-` and the SHA-256 of the path's bytes.
 *
 * Two paths never share a name: an encoded path decodes to its bytes, and the shortened form is none.
 *
 * @example
 * ```ts
 * streamNameOf(Buffer.from("src/100%.ts")); // "src/100%25.ts"
 * ```
 */
export function streamNameOf(path: Buffer): string {
  const name = encodedPath(path);
  if (name.length <= LIMIT) return name;
  const codePoints = [...name];
  if (codePoints.length <= LIMIT) return name;
  const prefix = codePoints.slice(0, LIMIT - DIGEST_MARK.length - DIGEST_DIGITS).join("");
  return `${prefix}${DIGEST_MARK}${createHash("sha256").update(path).digest("hex")}`;
}

/** Almost every path is plain ASCII and needs no encoding: told by one look. */
const PLAIN = /^[ -$&-~]*$/;

/** A path as text that decodes to its very bytes, however long. */
export function encodedPath(path: Buffer): string {
  const plain = path.toString("latin1");
  if (PLAIN.test(plain)) return plain;
  let text = "";
  for (let at = 0; at < path.length; ) {
    const length = characterLength(path, at);
    const bytes = path.subarray(at, at + Math.max(length, 1));
    text += length === 0 || isEncoded(bytes) ? percentEncoded(bytes) : bytes.toString("utf8");
    at += bytes.length;
  }
  return text;
}

/** The bytes of the UTF-8 character that begins here; 0 when none does. */
function characterLength(path: Buffer, at: number): number {
  const lead = path[at] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return at + length <= path.length && isUtf8(path.subarray(at, at + length)) ? length : 0;
}

/** Whether a character must be encoded: `%`, and the control characters of both ranges. */
function isEncoded(character: Buffer): boolean {
  const [first = 0, second = 0] = character;
  return first === 0x25 || first < 0x20 || first === 0x7f || (first === 0xc2 && second < 0xa0);
}

function percentEncoded(bytes: Buffer): string {
  return bytes.toString("hex").toUpperCase().replace(/../g, "%$&");
}
