import { Presets, SingleBar } from "cli-progress";
import type { ImportTally } from "../history/import-history.ts";

/** Shows how far an import has come. */
export interface Progress {
  readonly update: (tally: ImportTally) => void;
  readonly stop: () => void;
}

const FORMAT = "  {bar} {percentage}%  {value}/{total} commits  {events} events  {eta_formatted} left";

/** A bar on the error output, which leaves the output to the report; nothing where no terminal shows it. */
export function startProgressBar(totalCommits: number): Progress {
  if (process.stderr.isTTY !== true) return { update: () => undefined, stop: () => undefined };
  const options = {
    format: FORMAT,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false,
  };
  const bar = new SingleBar(options, Presets.shades_classic);
  bar.start(totalCommits, 0, { events: 0 });
  return { update: ({ commits, events }) => bar.update(commits, { events }), stop: () => bar.stop() };
}
