const PRIME = 0x0100_0193;
const OFFSETS = [0x811c_9dc5, 0x1234_5671] as const;

/**
 * A fingerprint of a text, 16 hexadecimal digits: two lanes of FNV-1a with a final mix. It notices mistakes; it is no
 * protection against someone who sets out to make two texts collide, and nothing relies on it for that.
 */
export function fingerprint(text: string): string {
  return OFFSETS.map((offset) => lane(text, offset).toString(16).padStart(8, "0")).join("");
}

function lane(text: string, offset: number): number {
  let hash = offset;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
