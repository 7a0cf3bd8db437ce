import { SingleBar } from "cli-progress";
import type { AccountDatabase, OpenAccounts } from "./account-database.ts";
import { sampleAccount } from "./sample-accounts.ts";

const BATCH = 5_000;

/** A database with many accounts, filled once for all rows that search it, when the first one starts. */
export class FilledAccounts {
  readonly count: number;
  readonly #open: OpenAccounts;
  #filled: Promise<AccountDatabase> | undefined;

  constructor(open: OpenAccounts, count: number) {
    this.#open = open;
    this.count = count;
  }

  database(): Promise<AccountDatabase> {
    this.#filled ??= this.#fill();
    return this.#filled;
  }

  async dispose(): Promise<void> {
    await (await this.#filled)?.dispose();
  }

  async #fill(): Promise<AccountDatabase> {
    const database = await this.#open({ isIndexed: true });
    const bar = new SingleBar({
      format: "  storing projections {bar} {percentage}%  {value}/{total}  {eta_formatted} left",
      stream: process.stderr,
      clearOnComplete: true,
    });
    bar.start(this.count, 0);
    for (let stored = 0; stored < this.count; stored += BATCH) {
      const length = Math.min(BATCH, this.count - stored);
      await database.store.saveMany(Array.from({ length }, (_, n) => sampleAccount(stored + n, this.count)));
      bar.update(stored + length);
    }
    await database.raw.createIndexes();
    await database.afterFill();
    bar.stop();
    return database;
  }
}
