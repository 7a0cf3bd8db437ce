// What the examples of the testing kit take for granted: an adapter of the reader's own, and a directory for its files.
import type { EventStorageAdapter, EventStore, EventStream } from "@eventfold/store";
import type { EventStorageSuiteOptions, OpenSettings, Random } from "@eventfold/testing";

declare global {
  const MyEventStorageAdapter: {
    open(options: OpenSettings & { readonly directory: string }): Promise<EventStorageAdapter>;
  };
  const adapter: EventStorageAdapter;
  const store: EventStore;
  const stream: EventStream;
  const random: Random;
  const create: EventStorageSuiteOptions["create"];

  const pg: typeof import("pg");
  const mkdtemp: typeof import("node:fs/promises").mkdtemp;
  const rm: typeof import("node:fs/promises").rm;
  const join: typeof import("node:path").join;
  const tmpdir: typeof import("node:os").tmpdir;
}
