import { InvalidArgumentError } from "commander";
import type { OptionDefinition } from "../program/command.ts";

/** The option by which commands take some of the partitions of a subscription. */
export const PARTITIONS_OPTION: OptionDefinition = {
  flags: "--partitions <numbers>",
  description: "only these, such as 0,3 (default: all)",
  parse: parsePartitions,
};

/**
 * Reads numbers of partitions, separated by commas.
 *
 * @throws commander's `InvalidArgumentError` for anything else.
 */
function parsePartitions(text: string): readonly number[] {
  const partitions = text.split(",").map((part) => (/^\d{1,4}$/.test(part.trim()) ? Number(part) : Number.NaN));
  if (partitions.every((partition) => partition < 1_024)) return [...new Set(partitions)];
  throw new InvalidArgumentError("Numbers of partitions are wanted, from 0 to 1023, such as 0,3.");
}
