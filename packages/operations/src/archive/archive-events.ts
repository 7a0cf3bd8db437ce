import type { EventText, NewestEvent } from "@eventfold/store/adapter";
import { InvalidEventError } from "@eventfold/types";
import { archiveLines } from "./archive-lines.ts";
import { ArchiveDamagedError } from "./errors/archive-errors.ts";
import { OtherLogError } from "./errors/other-log-error.ts";
import { UntransferableEventError } from "./errors/untransferable-event-error.ts";
import { parseEventLine, printEventLine, sequenceNumberOfLine } from "./event-line.ts";
import { transferableEvents } from "./transferable-event.ts";
import { readWrittenLine } from "./written-line.ts";

/** Which events of an archive are to be read. */
export interface ArchiveEventsRequest {
  /** An archive that is whole. */
  readonly file: string;
  /** How many events it has: a line each, behind the header. */
  readonly events: number;
  /** An event of the archive, behind which it begins; `undefined`: with its first event. */
  readonly behind: NewestEvent | undefined;
  /** Whether text that the library would write otherwise is replaced by what it is read as. */
  readonly asRead: boolean;
}

/**
 * The events of an archive, page by page, each checked to be one that a publish could have stored.
 *
 * @throws `OtherLogError` (`OTHER_LOG`) when the archive does not have the event that it is to begin behind.
 * @throws `UntransferableEventError` (`UNTRANSFERABLE_EVENT`) for an event that the library would not have stored so.
 * @throws `ArchiveDamagedError` (`ARCHIVE_DAMAGED`) for a line that is not an event.
 * @throws as `archiveLines` does.
 */
export async function* archiveEvents(
  { file, events: eventCount, behind, asRead }: ArchiveEventsRequest,
  signal?: AbortSignal,
): AsyncGenerator<readonly EventText[], void, undefined> {
  let lineNumber = 0;
  let skipping = behind;
  for await (const bytes of archiveLines(file, signal)) {
    const events: EventText[] = [];
    for (const text of linesIn(file, bytes)) {
      lineNumber += 1;
      if (lineNumber === 1 || lineNumber > 1 + eventCount) continue; // the header and the trailer
      const line: ArchiveLine = { file, lineNumber, text };
      if (skipping === undefined) events.push(eventIn(line, asRead));
      else if (isEventIn(line, skipping)) skipping = undefined;
    }
    if (events.length > 0) yield transferableEvents(events, asRead);
  }
  if (skipping !== undefined) throw withoutEvent(skipping);
}

interface ArchiveLine {
  readonly file: string;
  /** From 1. */
  readonly lineNumber: number;
  readonly text: string;
}

function linesIn(file: string, bytes: Buffer): string[] {
  try {
    return UTF_8.decode(bytes).replace(/\n$/, "").split("\n");
  } catch (cause) {
    throw new ArchiveDamagedError({ file, reason: "it is not UTF-8", cause });
  }
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function eventIn(line: ArchiveLine, asRead: boolean): EventText {
  const written = readWrittenLine(line.text);
  if (written !== undefined) return written;
  const event = parsed(line);
  if (asRead || printEventLine(event) === line.text) return event;
  const cause = new InvalidEventError({
    path: "event",
    reason: "its line is not what `printStoredEvent` writes for it",
  });
  throw new UntransferableEventError({ event, cause });
}

function parsed({ file, lineNumber, text }: ArchiveLine): EventText {
  try {
    return parseEventLine(text);
  } catch (cause) {
    throw new ArchiveDamagedError({ file, reason: "it is not a stored event", line: lineNumber, cause });
  }
}

/** Whether it is the line of this event. Lines before it need not be parsed for that. */
function isEventIn(line: ArchiveLine, sought: NewestEvent): boolean {
  const sequenceNumber = sequenceNumberOfLine(line.text) ?? parsed(line).sequenceNumber;
  if (sequenceNumber < sought.sequenceNumber) return false;
  if (sequenceNumber === sought.sequenceNumber && parsed(line).id === sought.id) return true;
  throw withoutEvent(sought);
}

function withoutEvent(newest: NewestEvent): OtherLogError {
  return new OtherLogError({ newest, reason: "the archive does not have it" });
}
