const URL_SAFE: Readonly<Record<string, string>> = { "+": "-", "/": "_", "=": "" };
const TEXT = /^[A-Za-z0-9_-]+$/;

/** Text as URL-safe base64 of its UTF-8, without padding. */
export function toBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(latin1Of(bytes)).replace(/[+/=]/g, (character) => URL_SAFE[character] ?? "");
}

/** The text that {@link toBase64Url} encoded; `undefined` when it encoded none. */
export function fromBase64Url(encoded: string): string | undefined {
  if (!TEXT.test(encoded)) return undefined;
  try {
    const latin1 = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(latin1, (unit) => unit.charCodeAt(0)));
  } catch {
    return undefined; // Bad base64 or bad UTF-8: not made here.
  }
}

/** In pieces: a call takes only so many arguments. */
function latin1Of(bytes: Uint8Array): string {
  const PIECE = 8192;
  let text = "";
  for (let start = 0; start < bytes.length; start += PIECE) {
    text += String.fromCharCode(...bytes.subarray(start, start + PIECE));
  }
  return text;
}
