import { type OrderingGuarantee, type SaveRequest, type SaveResult, traceCommit } from "@eventfold/store/adapter";
import type { Logger, StoredEvent } from "@eventfold/types";
import type { Connections } from "../connection/connections.ts";
import { pause, repeatUntil } from "../connection/repeating.ts";
import { waitingForStandbys } from "../connection/standby-wait.ts";
import type { Statement, TextRow } from "../connection/statement.ts";
import { isConnectionLoss, sqlstateOf } from "../errors/sqlstate.ts";
import { translateError } from "../errors/translate-error.ts";
import type { LogNames } from "../naming/log-names.ts";
import { storedEventFrom } from "../reading/stored-event-row.ts";
import { answerOf } from "../servers/primary-client.ts";
import { Append } from "./append.ts";
import { GroupCommit } from "./group-commit.ts";
import { Publish, type Recovery, recoveryFrom, tryLimits } from "./publish.ts";
import { judgeSeen, newestIn, seenStatement, type Verdict } from "./verdict.ts";

/** What {@link EventWriter} is made from. */
export interface EventWriterOptions {
  readonly connections: Connections;
  readonly names: LogNames;
  readonly logger: Logger;
  readonly orderingGuarantee: OrderingGuarantee;
  readonly writeTimeoutMs: number;
  /** How long a publish of several statements may be idle between them. */
  readonly idleTimeoutMs: number;
  /** The most commits under way at once; with the guarantee `"log"` there is only ever one. */
  readonly maxWriters: number;
  /** Called soon after events were stored, with the newest of a publish. */
  readonly onStored: (newest: StoredEvent) => void;
}

/** Writes publishes: gathers them into commits, and repeats each commit until there are verdicts or the time is over. */
export class EventWriter {
  readonly #options: EventWriterOptions;
  readonly #append: Append;
  readonly #queue: GroupCommit;
  /** Whether the append itself notifies followers. Without the log's lock that would make the commits of the whole server queue. */
  readonly #notifies: boolean;

  constructor(options: EventWriterOptions) {
    const { connections, names, orderingGuarantee, maxWriters } = options;
    this.#options = options;
    this.#append = new Append({ names, form: connections.form });
    this.#notifies = orderingGuarantee === "log";
    this.#queue = new GroupCommit({ flush: (publishes) => this.#flush(publishes), orderingGuarantee, maxWriters });
  }

  /** Stores one publish. See `EventStorage.save`. */
  save(request: SaveRequest): Promise<SaveResult> {
    const { connections, writeTimeoutMs } = this.#options;
    return connections.life.track(
      new Promise((resolve, reject) => {
        connections.life.throwIfMayNotWrite();
        const deadlineMs = performance.now() + writeTimeoutMs;
        this.#queue.submit(new Publish({ request, deadlineMs, resolve, reject }));
      }),
    );
  }

  /**
   * Reads what a publish depends on, on a connection of its own. It is repeated as the publish is, since a read that failed
   * would make the publish fail. Rejects with what the driver throws.
   */
  read(
    statement: Statement,
    deadlineMs = performance.now() + this.#options.writeTimeoutMs,
  ): Promise<readonly TextRow[]> {
    const { connections, names, writeTimeoutMs } = this.#options;
    const isPassing = (error: unknown) => ["again", "halve-once"].includes(recoveryFrom(error, names));
    const repeated = repeatUntil({ deadlineMs, isPassing }, () =>
      connections.use(
        (client) =>
          waitingForStandbys(client, connections.requiredStandbys, () =>
            answerOf(client, connections.form.run(client, statement)),
          ),
        tryLimits({ deadlineMs, writeTimeoutMs, bytes: 0 }),
      ),
    );
    return connections.life.track(repeated);
  }

  /** Writes publishes in one commit, and sees each of them through to a verdict or an error. It never rejects. */
  async #flush(publishes: readonly Publish[], { isHalved = false } = {}): Promise<void> {
    let waiting = publishes;
    let obstacle: unknown;
    for (let tries = 0; ; tries += 1) {
      waiting = waiting.filter((publish) => !publish.endIfLate(obstacle));
      if (waiting.length === 0) return;
      const progress = { isSent: false };
      try {
        const notify = !isQueueFull(obstacle) && this.#notifies;
        const publishes = waiting;
        const verdicts = await traceCommit("postgresql", publishes, () => this.#commit(publishes, notify, progress));
        for (const [index, publish] of waiting.entries()) this.#settle(publish, verdicts[index] as Verdict);
        return;
      } catch (error) {
        const isFirstOfItsKind = sqlstateOf(error) !== sqlstateOf(obstacle);
        obstacle = error;
        if (progress.isSent && isConnectionLoss(error)) for (const publish of waiting) publish.leaveOpen();
        if (isQueueFull(error) && isFirstOfItsKind && this.#notifies) {
          this.#options.logger.warn({ error }, "eventfold: publishing again without notifying");
          continue;
        }
        const recovery = recoveryFrom(error, this.#options.names);
        const isRepeated = recovery === "again" || (recovery === "again-once" && isFirstOfItsKind);
        if (!isRepeated) return this.#giveUpTogether(waiting, error, { recovery, isHalved });
        if (sqlstateOf(error) !== LOCK_NOT_AVAILABLE) await pause(tries); // waiting for a lock was a pause already.
      }
    }
  }

  #commit(publishes: readonly Publish[], notify: boolean, progress: { isSent: boolean }): Promise<readonly Verdict[]> {
    const { connections, writeTimeoutMs, idleTimeoutMs } = this.#options;
    // They are in order of arrival, and all may wait equally long, so the first is the first to be late.
    const [{ deadlineMs }] = publishes as readonly [Publish];
    let bytes = 0;
    for (const publish of publishes) bytes += publish.bytes;
    const limits = tryLimits({ deadlineMs, writeTimeoutMs, bytes });
    const append = { lockTimeoutMs: limits.lockTimeoutMs, idleTimeoutMs, notify };
    return connections.use((client) => {
      progress.isSent = true;
      return waitingForStandbys(client, connections.requiredStandbys, () =>
        answerOf(client, this.#append.run(client, publishes, append)),
      );
    }, limits);
  }

  async #giveUpTogether(
    publishes: readonly Publish[],
    error: unknown,
    { recovery, isHalved }: { readonly recovery: Recovery; readonly isHalved: boolean },
  ): Promise<void> {
    const mayHalve = recovery === "halve" || (recovery === "halve-once" && !isHalved);
    if (!mayHalve || publishes.length === 1) {
      for (const publish of publishes) publish.reject(translateError(error));
      return;
    }
    const middle = Math.ceil(publishes.length / 2);
    await this.#flush(publishes.slice(0, middle), { isHalved: true });
    await this.#flush(publishes.slice(middle), { isHalved: true });
  }

  #settle(publish: Publish, verdict: Verdict): void {
    if (verdict.kind === "seen") {
      void this.#lookUp(publish);
      return;
    }
    if (verdict.kind === "accepted") {
      // What it was to be refused for is not there, or, on a server that took over, not there any more.
      publish.isOnlyJudged = false;
      publish.wasOnlyJudged = true;
      this.#queue.submit(publish);
      return;
    }
    this.#finish(publish, verdict);
  }

  #finish(publish: Publish, result: SaveResult): void {
    const newest = newestIn(result); // of a repeat too: the first reply may have been lost.
    if (newest !== undefined) this.#options.onStored(newest);
    publish.resolve(result);
  }

  /** Settles a publish some of whose ids are stored already. */
  async #lookUp(publish: Publish): Promise<void> {
    publish.leaveOpen();
    try {
      const rows = await this.read(seenStatement(this.#options.names, publish.writes), publish.deadlineMs);
      const stored = rows.map((row) => storedEventFrom(row));
      if (stored.length === 0) return this.#queue.submit(publish); // a server that took over never had them.
      const result = judgeSeen(publish.writes, stored);
      this.#finish(publish, result);
    } catch (error) {
      publish.reject(translateError(error));
    }
  }
}

const LOCK_NOT_AVAILABLE = "55P03";

// The only error of this class that makes every commit fail alike is a full queue of notifications.
function isQueueFull(error: unknown): boolean {
  return sqlstateOf(error) === "54000";
}
