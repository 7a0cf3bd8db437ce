import { createHash, type Hash } from "node:crypto";
import type { EventText, NewestEvent } from "@eventfold/store/adapter";
import {
  type ArchiveHeader,
  type ArchiveTrailer,
  printHeader,
  printTrailerEnd,
  printTrailerStart,
} from "./archive-format.ts";
import { printEventLine } from "./event-line.ts";
import { LogDigester } from "./log-digester.ts";
import { placeOf } from "./stored-texts.ts";

/** Makes the bytes of an archive, from its first line to its last. */
export class ArchiveBytes {
  readonly #header: ArchiveHeader;
  readonly #sha256: Hash = createHash("sha256");
  readonly #digester = new LogDigester([]);
  #events = 0;
  #newest: NewestEvent | undefined;
  #trailer: ArchiveTrailer | undefined;

  constructor(header: ArchiveHeader) {
    this.#header = header;
  }

  /** @throws Error until the archive has been written to its end. */
  get trailer(): ArchiveTrailer {
    if (this.#trailer === undefined) throw new Error("The archive has not been written to its end.");
    return this.#trailer;
  }

  /** @param pages events that `checkedEventText` has checked. */
  async *of(pages: AsyncIterable<readonly EventText[]>): AsyncGenerator<Buffer, void, undefined> {
    yield this.#hashed(Buffer.from(`${printHeader(this.#header)}\n`));
    for await (const page of pages) {
      this.#digester.add(page);
      this.#events += page.length;
      this.#newest = placeOf(page.at(-1)) ?? this.#newest;
      for (const lines of linesOf(page)) yield this.#hashed(lines);
    }
    const horizon = this.#header.upTo;
    const { digest } = this.#digester.digest(horizon);
    const content = { events: this.#events, newest: this.#newest, horizon, digest };
    const start = this.#hashed(Buffer.from(printTrailerStart(content)));
    this.#trailer = { ...content, sha256: this.#sha256.digest("hex") };
    yield Buffer.concat([start, Buffer.from(`${printTrailerEnd(this.#trailer.sha256)}\n`)]);
  }

  #hashed(bytes: Buffer): Buffer {
    this.#sha256.update(bytes);
    return bytes;
  }
}

/** How many characters of lines are gathered before they become bytes: a string of a whole page took three times as long. */
const GATHERED_LENGTH = 65_536;

function* linesOf(events: readonly EventText[]): Generator<Buffer, void, undefined> {
  let lines = "";
  for (const event of events) {
    lines += `${printEventLine(event)}\n`; // joining an array of lines took half as long again
    if (lines.length < GATHERED_LENGTH) continue;
    yield Buffer.from(lines);
    lines = "";
  }
  yield Buffer.from(lines);
}
