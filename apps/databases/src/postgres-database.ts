import type { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { isConnectionString, withoutSecrets } from "@eventfold/adapter-postgres/connection-string";
import type { DatabaseAddress } from "./database-address.ts";
import type { DatabaseKind, OpenStorage, OpenStorageOptions } from "./database-kind.ts";

/** A PostgreSQL server that runs, or one that is started for this run and gone with it. */
export const POSTGRES: DatabaseKind = {
  names: ["postgres", "postgresql"],
  usages: ["postgres://USER:PASSWORD@HOST/DATABASE", "postgres (starts a server of its own)"],
  complaintAbout: ({ text, place }) =>
    place === "" || isConnectionString(text) ? undefined : "that is no PostgreSQL connection string",
  open: (address, options) => (address.place === "" ? openOwnServer() : openServer(address, options)),
};

async function openServer({ text }: DatabaseAddress, { writeTimeoutMs }: OpenStorageOptions): Promise<OpenStorage> {
  const { PostgresEventStorageAdapter } = await import("@eventfold/adapter-postgres");
  const readTimeoutMs = writeTimeoutMs && writeTimeoutMs + 1_000;
  const adapter = await PostgresEventStorageAdapter.open({ connectionString: text, writeTimeoutMs, readTimeoutMs });
  return { adapter, ...storagesBeside(adapter), description: withoutSecrets(text), close: () => adapter.close() };
}

/** A server of our own that does not answer was interrupted together with this program: no use in waiting long for it. */
const OWN_SERVER_TIMEOUT_MS = 5_000;

async function openOwnServer(): Promise<OpenStorage> {
  const { PostgresEventStorageAdapter } = await import("@eventfold/adapter-postgres");
  const { startPostgres } = await import("@eventfold/testing/postgres");
  const server = await startPostgres({ dedicated: true, durability: "full" });
  try {
    const { connectionString } = server;
    const adapter = await PostgresEventStorageAdapter.open({ connectionString, writeTimeoutMs: OWN_SERVER_TIMEOUT_MS });
    const close = (): Promise<void> => adapter.close().finally(() => server.stop());
    return { adapter, ...storagesBeside(adapter), description: "a PostgreSQL server of its own", close };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function storagesBeside(
  shareWith: PostgresEventStorageAdapter,
): Pick<OpenStorage, "openProjections" | "openProcessing" | "openKeys"> {
  return {
    async openProjections() {
      const { PostgresProjectionStorageAdapter } = await import("@eventfold/adapter-postgres/projections");
      return PostgresProjectionStorageAdapter.open({ shareWith });
    },
    async openKeys() {
      const { PostgresKeyStorageAdapter } = await import("@eventfold/adapter-postgres/keys");
      return PostgresKeyStorageAdapter.open({ shareWith });
    },
    async openProcessing() {
      const { PostgresProcessingStorageAdapter } = await import("@eventfold/adapter-postgres/processing");
      return PostgresProcessingStorageAdapter.open({ shareWith });
    },
  };
}
