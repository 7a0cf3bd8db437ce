import { InvalidArgumentError } from "commander";

/**
 * Reads a port, from 0 (any that is free) to 65,535.
 *
 * @throws commander's `InvalidArgumentError` for anything else.
 */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a number from 0 to 65535.");
}
