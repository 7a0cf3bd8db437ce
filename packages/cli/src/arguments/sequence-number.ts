import { InvalidArgumentError } from "commander";

/**
 * Reads a sequence number, or 0 for the beginning of the log.
 *
 * @throws commander's `InvalidArgumentError` for anything else.
 */
export function parseSequenceNumber(text: string): number {
  const sequenceNumber = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(sequenceNumber)) return sequenceNumber;
  throw new InvalidArgumentError("A sequence number is wanted: a whole number of at least 0.");
}
