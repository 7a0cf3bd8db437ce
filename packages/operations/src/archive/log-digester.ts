import { createHash, type Hash } from "node:crypto";
import type { EventText } from "@eventfold/store/adapter";
import type { DigestMark, LogDigest } from "./log-digest.ts";

/** After how many events each a mark is taken. */
const EVENTS_PER_MARK = 100_000;

/** How many characters of a category are gathered before they are hashed: a call for each event took twice as long. */
const GATHERED_LENGTH = 16_384;

/**
 * Adds up the content of a log, event by event in the order of their numbers, in memory that grows with the number of
 * categories only.
 *
 * Of each category it hashes {@link frameOf} of its events, and of the log the numbers of events and hashes of its categories.
 * Each frame begins with the lengths of the texts in it, so that no two sequences of events give the same bytes.
 */
export class LogDigester {
  readonly #categories = new Map<string, CategoryDigester>();
  readonly #marks: DigestMark[] = [];
  readonly #markAt: readonly number[] | undefined;
  #events = 0;
  #last = 0;

  /** @param markAt the numbers at which marks are to be taken, rising; default: after every 100,000 events. */
  constructor(markAt?: readonly number[]) {
    this.#markAt = markAt;
  }

  add(events: readonly EventText[]): void {
    for (const event of events) {
      this.#takeMarksBefore(event.sequenceNumber);
      this.#categoryOf(event).add(event);
      this.#events += 1;
      this.#last = event.sequenceNumber;
      if (this.#markAt === undefined && this.#events % EVENTS_PER_MARK === 0) this.#takeMark(this.#last);
    }
  }

  /** @param upTo the number up to which the log was read, at or above that of the last event. */
  digest(upTo: number): LogDigest {
    this.#takeMarksBefore(upTo + 1);
    return { kind: "eventfold-digest-1", ...this.#contentUpTo(upTo), categories: this.#digests(), marks: this.#marks };
  }

  #categoryOf({ category }: EventText): CategoryDigester {
    let digester = this.#categories.get(category);
    if (digester === undefined) {
      digester = new CategoryDigester(category);
      this.#categories.set(category, digester);
    }
    return digester;
  }

  #takeMarksBefore(sequenceNumber: number): void {
    if (this.#markAt === undefined) return;
    for (let next = this.#markAt[this.#marks.length]; next !== undefined && next < sequenceNumber; ) {
      this.#takeMark(next);
      next = this.#markAt[this.#marks.length];
    }
  }

  #takeMark(upTo: number): void {
    this.#marks.push(this.#contentUpTo(upTo));
  }

  #contentUpTo(upTo: number): DigestMark {
    const digest = createHash("sha256");
    for (const { category, events, digest: content } of this.#digests()) {
      digest.update(`${events} ${category.length} ${content}\n${category}`);
    }
    return { upTo, events: this.#events, digest: digest.digest("hex") };
  }

  #digests() {
    const byName = [...this.#categories.values()].sort((a, b) => Buffer.compare(a.nameBytes, b.nameBytes));
    return byName.map((category) => category.digest());
  }
}

/** Adds up the content of one category. */
class CategoryDigester {
  /** By these, categories are ordered by code points. */
  readonly nameBytes: Buffer;
  readonly #category: string;
  readonly #hash: Hash = createHash("sha256");
  #events = 0;
  #gathered = "";
  #digest: string | undefined;

  constructor(category: string) {
    this.#category = category;
    this.nameBytes = Buffer.from(category);
  }

  add(event: EventText): void {
    this.#events += 1;
    this.#digest = undefined;
    this.#gathered += frameOf(event);
    if (this.#gathered.length >= GATHERED_LENGTH) this.#hashGathered();
  }

  /** It is kept until another event comes: marks are taken of all categories, of which few may have changed. */
  digest() {
    if (this.#digest === undefined) {
      this.#hashGathered();
      this.#digest = this.#hash.copy().digest("hex");
    }
    return { category: this.#category, events: this.#events, digest: this.#digest };
  }

  #hashGathered(): void {
    this.#hash.update(this.#gathered);
    this.#gathered = "";
  }
}

/**
 * What is hashed of an event: a line with its numbers and the lengths of its texts in UTF-16 units, `-` for metadata that it does
 * not have, and then these texts one after the other. The format is a part of `docs/archives.md`.
 */
function frameOf(event: EventText): string {
  const { id, name, category, stream, payload, metadata, tags } = event;
  const numbers = `${event.sequenceNumber} ${event.position} ${event.version} ${event.observedAtMs} ${event.occurredAtMs}`;
  const lengths = `${id.length} ${name.length} ${category.length} ${stream.length} ${payload.length} ${metadata === null ? "-" : metadata.length}`;
  const frame = `${numbers} ${lengths}${tags.map((tag) => ` ${tag.length}`).join("")}\n${id}${name}${category}${stream}${payload}`;
  return tags.length === 0 && metadata === null ? frame : `${frame}${metadata ?? ""}${tags.join("")}`;
}
