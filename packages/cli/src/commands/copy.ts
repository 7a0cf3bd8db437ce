import { copyLog, type TransferProgress, visibleText } from "@eventfold/operations";
import type { OpenedDatabase } from "../database/opened-database.ts";
import { countText, numberText } from "../output/number-text.ts";
import { reportTransfer } from "../output/transfer-report.ts";
import { defineCommand } from "../program/command.ts";
import { Failure } from "../program/failure.ts";

interface CopyOptions {
  readonly follow?: true;
  readonly subscriptions?: true;
  readonly asRead?: true;
}

/** `eventfold copy`. */
export const copy = defineCommand<CopyOptions>({
  name: "copy",
  summary: "Store the events of a log in another database, as they are.",
  details: [
    "Events keep their ids, sequence numbers, positions and times. The target is made if it is not there; it has to be empty, or to have the beginning of the same events, so a copy that was stopped goes on when it is run again. Nobody else may write to the target meanwhile. PostgreSQL needs the role that owns the tables.",
    "With --follow a system moves while it runs: start the copy, stop whatever writes to the source, press Ctrl-C. What is left is copied, and then the system is started again on the target. A second Ctrl-C ends it at once.",
    "With --subscriptions, checkpoints, what is paused and what is parked come along, so that subscriptions go on where they were. Stop their workers first.",
  ],
  needsDatabase: true,
  operands: [{ name: "target", description: "the address of the database to copy to" }],
  options: [
    { flags: "--follow", description: "go on with what is published meanwhile, until Ctrl-C" },
    { flags: "--subscriptions", description: "take subscriptions along" },
    {
      flags: "--as-read",
      description:
        "store JSON that the library would write otherwise (1.0, 1e400) as it is read, instead of refusing it",
    },
  ],
  examples: [
    { line: "eventfold copy sqlite:app.db postgres://localhost/app", explanation: "Copies a log to PostgreSQL." },
    {
      line: "eventfold copy sqlite:app.db postgres://localhost/app --follow --subscriptions",
      explanation: "Moves a system that is running.",
    },
  ],
  run: async ({ open, openAddress, operands: [address = ""], options, output, signal, startProgress, context }) => {
    const source = await open();
    const target = await openAddress(address, { migrations: "apply" });
    const subscriptions = options.subscriptions && {
      from: await processingOf(source, "subscriptions"),
      to: await processingOf(target, "a place for subscriptions"),
    };
    const { follow, asRead } = options;
    if (follow) await output.remark("Copying, and following. Stop what writes to the source, then press Ctrl-C.");
    // Without a terminal nothing else tells whether it is time to stop the writers.
    const isTold = follow && context.progressStream === undefined && !output.isJson;
    const tell = isTold ? tellFollowing(context.writeError) : () => undefined;
    const ending = follow ? { follow: { stopped: signal } } : { signal };
    const copied = await reportTransfer(
      { title: "Copying", kept: "stored", isEndless: follow === true, signal, startProgress },
      (report) => {
        const onProgress = (progress: TransferProgress): void => {
          report(progress);
          tell(progress);
        };
        return copyLog({ from: source.events, to: target.events, subscriptions, asRead, onProgress, ...ending });
      },
    );
    const { events, horizon } = copied;
    await output.print({ events, upTo: horizon, subscriptions: copied.subscriptions }, () => [
      `Stored ${countText(events, "event")} in ${visibleText(target.description)}; it has all up to sequence number ${numberText(horizon)}.`,
      ...copied.subscriptions.map((name) => `Took the subscription ${visibleText(name)} along.`),
    ]);
  },
});

/** How often a copy that follows tells how far it is, in milliseconds. */
const TOLD_EVERY_MS = 30_000;

/** Tells in lines how far a copy is: at once when it has caught up for the first time, otherwise now and then. */
function tellFollowing(write: (line: string) => void): (progress: TransferProgress) => void {
  let wasCaughtUp = false;
  let toldAtMs = performance.now();
  return ({ upTo, until }) => {
    const isCaughtUp = upTo === until;
    const isNews = isCaughtUp && !wasCaughtUp;
    if (!isNews && performance.now() - toldAtMs < TOLD_EVERY_MS) return;
    wasCaughtUp ||= isCaughtUp;
    toldAtMs = performance.now();
    write(`${isCaughtUp ? "Caught up, at" : "Copied up to"} sequence number ${numberText(upTo)}.\n`);
  };
}

async function processingOf({ processing, description }: OpenedDatabase, what: string) {
  const adapter = await processing();
  if (adapter === undefined) throw new Failure(`${description} does not have ${what}.`);
  return adapter;
}
