import { Presets, SingleBar } from "cli-progress";

/** What a bar is about. */
export interface ProgressOptions {
  /** What is done, such as `Searching`. */
  readonly title: string;
  /** What is counted, in the plural, such as `events`. */
  readonly unit: string;
  /** How much there is to do; `undefined` where nobody knows: then it only counts. */
  readonly total: number | undefined;
}

/** Shows how far work has come. */
export interface ProgressReport {
  /** How much is done, of the total. */
  readonly update: (done: number) => void;
  /** Removes what is shown. */
  readonly stop: () => void;
}

/** What ends sooner needs no bar. */
const SHOWN_AFTER_MS = 1_000;

/** A bar on the error output, which leaves the output to the result; nothing where no terminal shows it. */
export function startProgress(
  { title, unit, total }: ProgressOptions,
  stream: NodeJS.WriteStream | undefined,
): ProgressReport {
  if (stream === undefined) return { update: () => undefined, stop: () => undefined };
  const startedAt = performance.now();
  let bar: SingleBar | undefined;
  const format =
    total === undefined
      ? `${title}  {value} ${unit}`
      : `${title}  {bar} {percentage}%  {value}/{total} ${unit}  {eta_formatted} left`;
  return {
    update(done) {
      if (bar === undefined) {
        if (performance.now() - startedAt < SHOWN_AFTER_MS) return;
        const options = { format, stream, clearOnComplete: true, hideCursor: true, gracefulExit: false };
        bar = new SingleBar(options, Presets.shades_classic);
        bar.start(total ?? 0, done);
      }
      bar.update(done);
    },
    stop: () => bar?.stop(),
  };
}
