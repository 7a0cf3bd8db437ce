/**
 * Cuts a stream of bytes into the tokens between its NUL bytes, which is how git separates what may contain anything
 * else. A token may begin in one chunk and end many chunks later; only that token is kept in memory.
 *
 * @example
 * ```ts
 * const splitter = new NulSplitter();
 * [...splitter.split(Buffer.from("a\0b"))]; // "a"
 * [...splitter.split(Buffer.from("c\0"))]; // "bc"
 * ```
 */
export class NulSplitter {
  #pieces: Buffer[] = [];

  /** The tokens that end in this chunk. They share its memory. */
  *split(chunk: Buffer): Generator<Buffer, void, undefined> {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      yield this.#complete(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#pieces.push(chunk.subarray(start));
  }

  /** Bytes after the last NUL: whether the output stopped within a token. */
  get hasRemainder(): boolean {
    return this.#pieces.length > 0;
  }

  #complete(last: Buffer): Buffer {
    if (this.#pieces.length === 0) return last;
    const token = Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    return token;
  }
}
