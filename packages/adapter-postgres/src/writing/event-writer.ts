import { createHash } from "node:crypto";
import type { OrderingGuarantee, SaveRequest, SaveResult, StreamWrite } from "@eventfold/store";
import type { Logger } from "@eventfold/types";
import type { Connections } from "../connection/connections.ts";
import { translated } from "../errors/translate-error.ts";
import type { LogNames } from "../naming/log-names.ts";
import { storedEventFrom } from "../reading/stored-event-row.ts";
import { Flusher } from "./flush.ts";
import { GroupCommit } from "./group-commit.ts";
import { Publish, streamKeyOf } from "./publish.ts";
import type { PublishReads } from "./publish-reads.ts";
import { judgeSeen, seenStatement } from "./seen-publish.ts";
import type { Verdict } from "./verdict.ts";

/** What {@link EventWriter} is made from. */
export interface EventWriterOptions {
  readonly connections: Connections;
  readonly reads: PublishReads;
  readonly names: LogNames;
  readonly logger: Logger;
  readonly orderingGuarantee: OrderingGuarantee;
  readonly writeTimeoutMs: number;
  /** How long a publish of several statements may be idle between them. */
  readonly idleTimeoutMs: number;
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
    const { connections, names, logger, writeTimeoutMs, idleTimeoutMs } = options;
    const flusher = new Flusher({
      ...{ connections, names, logger, writeTimeoutMs, idleTimeoutMs },
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
        this.#submit(new Publish({ writes, deadlineMs, resolve, reject }));
      }),
    );
  }

  #submit(publish: Publish): void {
    this.#queue.submit(publish, laneOf(publish.writes, this.#options.orderingGuarantee));
  }

  #settle(publish: Publish, verdict: Verdict): void {
    if (verdict.kind === "seen") {
      void this.#lookUp(publish);
      return;
    }
    if (verdict.kind === "stored") this.#options.onStored();
    publish.resolve(verdict);
  }

  /** Settles a publish of which ids are stored. */
  async #lookUp(publish: Publish): Promise<void> {
    publish.leaveOpen();
    try {
      const { names, reads } = this.#options;
      const rows = await reads.run(seenStatement(names, publish.writes), publish.deadlineMs);
      const stored = rows.map((row) => storedEventFrom(row));
      if (stored.length === 0) return this.#submit(publish); // a server that took over never had them.
      const result = judgeSeen(publish.writes, stored);
      if (result.kind === "repeat") this.#options.onStored(); // the first reply may have been lost.
      publish.resolve(result);
    } catch (error) {
      publish.reject(translated(error));
    }
  }
}

/**
 * Which order locks of the server a publish takes, as text: publishes of one lane go out together, those of different
 * lanes side by side. It agrees with the stripes in `sql/events/0002-append/01-order.sql`; were it not to, writers would only
 * wait more.
 */
function laneOf(writes: readonly StreamWrite[], guarantee: OrderingGuarantee): string {
  if (guarantee === "log") return "";
  const stripes = new Set(
    writes.map((write) => stripeOf(guarantee === "category" ? write.category : streamKeyOf(write))),
  );
  return [...stripes].sort((a, b) => a - b).join(",");
}

function stripeOf(key: string): number {
  return (createHash("sha256").update(key).digest()[0] ?? 0) & 63;
}
