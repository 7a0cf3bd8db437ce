import { EventStore, isEventfoldError } from "@eventfold/store";
import { adapterOfConfig } from "../config/adapter-of-config.ts";
import type { Config } from "../config/config.ts";
import { subscriptionsOfConfig } from "../config/subscriptions-of-config.ts";
import { Failure } from "../program/failure.ts";
import { parseDatabaseAddress } from "./database-address.ts";
import type { DatabaseAdapters, OpenedDatabase, OpeningOptions } from "./opened-database.ts";
import { openPostgres } from "./postgres-database.ts";
import { openSqlite } from "./sqlite-database.ts";

/**
 * Opens a database by its address. Close it when done.
 *
 * @throws `Failure` for what is not an address, or where there is no log; what the adapter throws.
 */
export async function openDatabase(
  text: string,
  options: OpeningOptions & { readonly directory: string },
): Promise<OpenedDatabase> {
  const address = parseDatabaseAddress(text);
  const open = (): Promise<DatabaseAdapters> =>
    address.kind === "sqlite" ? openSqlite(address.filename, options) : openPostgres(address.connectionString, options);
  return openedDatabase(await open().catch(explainSchema), {});
}

/**
 * Opens what a config says. Close it when done.
 *
 * @throws what the functions of the config throw.
 */
export async function openConfigured(
  config: Config,
  { migrations = "check" }: OpeningOptions,
): Promise<OpenedDatabase> {
  const { name = "the database of the config", projections, processing } = config;
  const events = await adapterOfConfig("events", () => config.events({ migrations })).catch(explainSchema);
  const adapters: DatabaseAdapters = {
    description: name,
    events,
    openProjections: projections && (() => adapterOfConfig("projections", () => projections(events, { migrations }))),
    openProcessing: processing && (() => adapterOfConfig("processing", () => processing(events, { migrations }))),
  };
  return openedDatabase(adapters, config);
}

function openedDatabase(
  { description, events, removeNew, openProjections, openProcessing }: DatabaseAdapters,
  { projectors = [], subscriptions = [] }: Pick<Config, "projectors" | "subscriptions">,
): OpenedDatabase {
  const projections = openedOnce(openProjections);
  const processing = openedOnce(openProcessing);
  const close = async (): Promise<void> => {
    for (const each of [processing, projections, events]) await each.close();
  };
  return {
    description,
    events,
    store: new EventStore({ adapter: events }),
    projectors,
    projections: projections.open,
    processing: processing.open,
    subscriptions: async () => subscriptionsOfConfig(subscriptions, events, projections.open),
    close,
    async abandon() {
      // What cannot be asked is not removed: the failure that brought us here is the one to tell.
      const last = removeNew && (await events.storage.horizon({ kind: "log" }).catch(() => undefined));
      await close();
      if (last === 0) removeNew?.();
    },
  };
}

/** Opens it when it is first asked for. A schema that was never made means that there is nothing to open. */
function openedOnce<T extends { close(): Promise<void> }>(openFirst: (() => Promise<T>) | undefined) {
  let first: Promise<T | undefined> | undefined;
  const open = (): Promise<T | undefined> => {
    first ??= (async () => openFirst?.())().catch((error: unknown) => {
      if (isEventfoldError(error, "SCHEMA_TOO_OLD") && error.storedVersion === 0) return undefined;
      throw withAdvice(error);
    });
    return first;
  };
  return {
    open,
    async close(): Promise<void> {
      const opened = await first?.catch(() => undefined); // whoever asked for it was told
      await opened?.close();
    },
  };
}

function explainSchema(error: unknown): never {
  throw withAdvice(error);
}

/** The library speaks of an option of `open`; here a command does the same. */
function withAdvice(error: unknown): unknown {
  if (!isEventfoldError(error, "SCHEMA_TOO_OLD")) return error;
  const { code, storedVersion, knownVersion } = error;
  const found =
    storedVersion === 0
      ? "There is no event log in this database."
      : `The schema is at version ${storedVersion}, and this program needs version ${knownVersion}.`;
  const advice = storedVersion === 0 ? "Check the address; `eventfold migrate` makes one." : "Run `eventfold migrate`.";
  return new Failure(`${found} ${advice}`, { code, cause: error });
}
