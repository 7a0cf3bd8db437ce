import type { OrderingGuarantee, SaveRequest, SaveResult } from "@eventfold/store";
import type { Logger } from "@eventfold/types";
import type { Connections } from "../connection/connections.ts";
import { translated } from "../errors/translate-error.ts";
import type { LogNames } from "../naming/log-names.ts";
import { storedEventFrom } from "../reading/stored-event-row.ts";
import { Flusher } from "./flush.ts";
import { GroupCommit } from "./group-commit.ts";
import { laneOf } from "./lane.ts";
import type { Publish } from "./publish.ts";
import { bytesOf } from "./publish.ts";
import { judgeSeen, seenStatement } from "./seen-publish.ts";
import type { Verdict } from "./verdict.ts";

/** What {@link EventWriter} is made from. */
export interface EventWriterOptions {
  readonly connections: Connections;
  readonly names: LogNames;
  readonly logger: Logger;
  readonly orderingGuarantee: OrderingGuarantee;
  readonly writeTimeoutMs: number;
  /** The most commits under way at once; with the guarantee `"log"` there is only ever one. */
  readonly maxWriters: number;
  /** Called soon after events were stored. */
  readonly onStored: () => void;
}

/** Writes publishes: gathers them into commits, and repeats them until there is an answer or their time is over. */
export class EventWriter {
  readonly #options: EventWriterOptions;
  readonly #queue: GroupCommit;

  constructor(options: EventWriterOptions) {
    this.#options = options;
    const { connections, names, logger } = options;
    const flusher = new Flusher({
      connections,
      names,
      logger,
      // Under the log's lock a notification is free; otherwise it would make the commits of the whole server queue.
      notifies: options.orderingGuarantee === "log",
      settle: (publish, verdict) => this.#settle(publish, verdict),
    });
    this.#queue = new GroupCommit({ flush: (publishes) => flusher.flush(publishes), maxWriters: options.maxWriters });
  }

  /** Stores one publish. See `EventStorage.save`. */
  save({ writes }: SaveRequest): Promise<SaveResult> {
    return this.#options.connections.track(
      new Promise((resolve, reject) => {
        const deadlineMs = performance.now() + this.#options.writeTimeoutMs;
        const publish = { writes, bytes: bytesOf(writes), deadlineMs, resolve, reject };
        this.#queue.submit(publish, laneOf(writes, this.#options.orderingGuarantee));
      }),
    );
  }

  #settle(publish: Publish, verdict: Verdict): void {
    if (verdict.kind === "seen") {
      publish.resolve(this.#lookUp(publish));
      return;
    }
    if (verdict.kind === "stored") this.#options.onStored();
    publish.resolve(verdict);
  }

  async #lookUp({ writes }: Publish): Promise<SaveResult> {
    const { connections, names } = this.#options;
    try {
      const rows = await connections.run(seenStatement(names, writes));
      return judgeSeen(
        writes,
        rows.map((row) => storedEventFrom(row)),
      );
    } catch (error) {
      throw translated(error);
    }
  }
}
