import { createHash, type Hash } from "node:crypto";
import type { EventText } from "@eventfold/store/adapter";
import type { DigestMark, LogDigest } from "./log-digest.ts";

/** After how many events each a mark is taken. */
const EVENTS_PER_MARK = 100_000;

/** How many characters of a category are gathered before they are hashed: a call for each event took twice as long. */
const GATHERED_LENGTH = 65_536;

/** How many characters are gathered in all: there may be many categories. */
const MOST_GATHERED = 16_777_216;

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
  /** How many characters were gathered since all were hashed, at most. */
  #gathered = 0;

  /** @param markAt the numbers at which marks are to be taken, rising; default: after every 100,000 events. */
  constructor(markAt?: readonly number[]) {
    this.#markAt = markAt;
  }

  add(events: readonly EventText[]): void {
    for (const event of events) {
      this.#takeMarksBefore(event.sequenceNumber);
      this.#gathered += this.#categoryOf(event).add(event);
      if (this.#gathered > MOST_GATHERED) this.#hashGathered();
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

  #hashGathered(): void {
    for (const category of this.#categories.values()) category.hashGathered();
    this.#gathered = 0;
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
    while (this.#nextMark() < sequenceNumber) this.#takeMark(this.#nextMark());
  }

  #nextMark(): number {
    return this.#markAt?.[this.#marks.length] ?? Number.POSITIVE_INFINITY;
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

  /** @returns how many characters it has gathered more. */
  add(event: EventText): number {
    const frame = frameOf(event);
    this.#events += 1;
    this.#digest = undefined;
    this.#gathered += frame;
    if (this.#gathered.length >= GATHERED_LENGTH) this.hashGathered();
    return frame.length;
  }

  hashGathered(): void {
    this.#hash.update(this.#gathered);
    this.#gathered = "";
  }

  /** It is kept until another event comes: marks are taken of all categories, of which few may have changed. */
  digest() {
    if (this.#digest === undefined) {
      this.hashGathered();
      this.#digest = this.#hash.copy().digest("hex");
    }
    return { category: this.#category, events: this.#events, digest: this.#digest };
  }
}

/**
 * What is hashed of an event: a line with its numbers and the lengths of its texts in UTF-16 units, `-` for metadata that it does
 * not have, and then these texts one after the other. The category is not among them: it is hashed once, with the digest of it.
 * `docs/moving-between-databases.md` has this format; it does not change.
 */
function frameOf(event: EventText): string {
  const { id, name, stream, payload, metadata, tags } = event;
  let frame = `${event.sequenceNumber} ${event.position} ${event.version} ${event.observedAtMs} ${event.occurredAtMs}`;
  frame += ` ${id.length} ${name.length} ${stream.length} ${payload.length} ${metadata === null ? "-" : metadata.length}`;
  for (const tag of tags) frame += ` ${tag.length}`;
  frame += `\n${id}${name}${stream}${payload}${metadata ?? ""}`;
  for (const tag of tags) frame += tag;
  return frame;
}
