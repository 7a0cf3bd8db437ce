import type { AnyProjector } from "@eventfold/operations";
import { rebuild as rebuildProjections } from "@eventfold/processing";
import { type ProjectionStorageAdapter, ProjectionStore } from "@eventfold/projections";
import type { SourceOptions } from "@eventfold/store";
import { parseCount } from "../arguments/count.ts";
import { projectorNamed } from "../config/projector-named.ts";
import type { OpenedDatabase } from "../database/opened-database.ts";
import { countText, numberText } from "../output/number-text.ts";
import { openProcessing } from "../processing/opened-processing.ts";
import { defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

interface RebuildCommandOptions {
  readonly category?: string;
  readonly partitions?: number;
  readonly clearOlder?: true;
}

/** `eventfold rebuild`. */
export const rebuild = defineCommand<RebuildCommandOptions>({
  name: "rebuild",
  summary:
    "Build the projections of a projector's version from the first event on, and let readers see them when they are complete.",
  details: [
    "Raise the version of the projector before: a version that is built already is only brought up to date. Other versions stay as they are until then, so readers see the complete old version and then the complete new one. Several programs may rebuild at once and share the work. Interrupted, by Ctrl-C too, it goes on from where it was when it is run again.",
    "Afterwards the brokers of the application have to keep this version up to date: deploy them with it.",
  ],
  needsDatabase: true,
  operands: [{ name: "projector", description: "the name of a projector of the config; its newest version is built" }],
  options: [
    {
      flags: "--category <category>",
      description: "what is read (default: what the projector's own subscription in the config reads, else the log)",
    },
    {
      flags: "--partitions <count>",
      description: "into how many parts the work is split, if the subscription is not stored yet (default: 1)",
      parse: parseCount,
    },
    { flags: "--clear-older", description: "delete the projections of older versions afterwards" },
  ],
  confirms: true,
  examples: [
    {
      line: "eventfold rebuild --config eventfold.config.ts account --category accounts",
      explanation: "Builds the newest version of account, and shows how far it has come.",
    },
  ],
  exitCodes: { 3: "there is no such projector" },
  run: async ({ open, operands: [name = ""], options, output, confirm, signal, startProgress }) => {
    const database = await open();
    const projector = projectorNamed(database.projectors, name);
    const storage = await openProcessing(database);
    const projectionStore = new ProjectionStore({ adapter: await openProjections(database) });
    const definition = {
      projector,
      projectionStore,
      storage,
      ...(await sourceAndPartitions(database, projector, options)),
    };
    if (options.clearOlder) {
      const consequence = `This deletes all projections of versions of ${JSON.stringify(name)} before ${projector.version}, once that is built.`;
      await confirm({ consequence });
    }
    let builtUpTo = 0;
    const total = (await database.store.log().latest())?.sequenceNumber ?? 0;
    const bar = startProgress({ title: "Building", unit: "sequence numbers", total });
    const onProgress = ({ upTo }: { readonly upTo: number }) => {
      builtUpTo = upTo;
      bar.update(upTo);
    };
    try {
      // What a projector of others folds, only its own type knows.
      const { clearOlder = false } = options;
      const { activeVersion, cleared } = await rebuildProjections({
        ...definition,
        clearOlder,
        signal,
        onProgress,
      } as never);
      await output.print({ projector: name, activeVersion, cleared }, () => [
        `Readers see version ${numberText(activeVersion)} of ${JSON.stringify(name)}.`,
        ...(cleared > 0 ? [`${countText(cleared, "projection")} of older versions deleted.`] : []),
      ]);
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new Failure(`Stopped: built up to number ${numberText(builtUpTo)}. Run it again to go on.`, {
        exitCode: EXIT_CODES.interrupted,
        cause: error,
      });
    } finally {
      bar.stop();
    }
  },
});

async function openProjections({ projections }: OpenedDatabase): Promise<ProjectionStorageAdapter> {
  const opened = await projections();
  if (opened !== undefined) return opened;
  throw new Failure(
    "There is nothing to store projections in: let the config open `projections`, and run `eventfold migrate`.",
  );
}

/** Those of the projection's own subscription, if the config has it; otherwise as the options say. */
async function sourceAndPartitions(
  { store, subscriptions }: OpenedDatabase,
  projector: AnyProjector,
  { category, partitions }: RebuildCommandOptions,
): Promise<object> {
  const own = (await subscriptions()).find(({ name }) => name === `${projector.name}@${projector.version}`);
  if (own !== undefined && category === undefined)
    return { source: own.source, partitions: partitions ?? own.partitions };
  const reading = projector.reading as SourceOptions | undefined;
  if (category === undefined && projector.source === "category") {
    throw new Failure(`The projector ${JSON.stringify(projector.name)} folds a category: say which, with --category.`, {
      exitCode: EXIT_CODES.usage,
    });
  }
  return { source: category === undefined ? store.log(reading) : store.category(category, reading), partitions };
}
