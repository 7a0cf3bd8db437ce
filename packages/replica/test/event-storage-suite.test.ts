import { join } from "node:path";
import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { Replica } from "@eventfold/replica";
import { eventStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { followedByReplica } from "./followed-by-replica.ts";
import { freshFolder } from "./fresh-folder.ts";

eventStorageAdapterSuite(vitest, {
  name: "a replica of a log in memory",
  capabilities: { durable: false, sharedStorage: false, freshReads: false },
  lacks: ["restore"],
  // Publishes are judged and refused by the log, so all is tested that is read of them. Not what is kept of texts that only an adapter can
  // be given (9): memory does not keep them itself.
  rules: [1, 2, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 23, 24, 25, 27, 28],
  create: async () => {
    const folder = await freshFolder();
    let logs = 0;
    return {
      open: async (settings) => {
        const log = await MemoryEventStorageAdapter.open(settings); // another one each time
        return followedByReplica(log, await Replica.open({ of: log, filename: join(folder.path, `${logs++}.db`) }));
      },
      dispose: folder.dispose,
    };
  },
});

eventStorageAdapterSuite(vitest, {
  name: "replicas in one file, of a log in SQLite",
  // Different is that several replicas have one file, of which one follows (7, 18, 19, 23, 27), that file and log are opened again
  // (20, 24), and that texts are kept as they are (9).
  rules: [7, 9, 18, 19, 20, 23, 24, 27],
  capabilities: { freshReads: false },
  lacks: ["restore"],
  create: async () => {
    const folder = await freshFolder();
    return {
      open: async (settings) => {
        const log = await SqliteEventStorageAdapter.open({ filename: join(folder.path, "log.db"), ...settings });
        return followedByReplica(log, await Replica.open({ of: log, filename: join(folder.path, "replica.db") }));
      },
      dispose: folder.dispose,
    };
  },
});
