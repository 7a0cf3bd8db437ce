import { type Logger, StorageBusyError, StorageUnavailableError } from "@eventfold/types";
import type { Connections } from "../connection/connections.ts";
import { pause } from "../connection/repeating.ts";
import { waitingForStandbys } from "../connection/standby-wait.ts";
import { isConnectionLoss, sqlstateOf } from "../errors/sqlstate.ts";
import { translated } from "../errors/translate-error.ts";
import type { LogNames } from "../naming/log-names.ts";
import { Append } from "./append.ts";
import type { Publish } from "./publish.ts";
import { type Recovery, recoveryFrom, tryLimits } from "./tries.ts";
import type { Verdict } from "./verdict.ts";

/** What {@link Flusher} is made from. */
export interface FlusherOptions {
  readonly connections: Connections;
  readonly names: LogNames;
  readonly logger: Logger;
  /** Whether the append itself notifies followers. */
  readonly notifies: boolean;
  readonly writeTimeoutMs: number;
  /** How long a publish of several statements may be idle between them. */
  readonly idleTimeoutMs: number;
  /** Tells a publish its verdict. */
  readonly settle: (publish: Publish, verdict: Verdict) => void;
}

/** Writes the publishes of a flush in one commit, and sees each of them through to a verdict or an error. */
export class Flusher {
  readonly #options: FlusherOptions;
  readonly #append: Append;

  constructor(options: FlusherOptions) {
    this.#options = options;
    this.#append = new Append({ names: options.names, form: options.connections.form });
  }

  /** Settles every publish. It never rejects. */
  async flush(publishes: readonly Publish[], { isHalved = false } = {}): Promise<void> {
    let waiting = publishes;
    let obstacle: unknown;
    for (let tries = 0; ; tries += 1) {
      waiting = withoutLate(waiting, obstacle);
      if (waiting.length === 0) return;
      const progress = { isSent: false };
      try {
        const notify = !isQueueFull(obstacle) && this.#options.notifies;
        const verdicts = await this.#commit(waiting, notify, progress);
        for (const [index, publish] of waiting.entries()) this.#options.settle(publish, verdicts[index] as Verdict);
        return;
      } catch (error) {
        const isFirstOfItsKind = sqlstateOf(error) !== sqlstateOf(obstacle);
        obstacle = error;
        if (progress.isSent && isConnectionLoss(error)) for (const publish of waiting) publish.leaveOpen();
        if (isQueueFull(error) && isFirstOfItsKind && this.#options.notifies) {
          this.#options.logger.warn({ error }, "eventfold: publishing again without notifying");
          continue;
        }
        const recovery = recoveryFrom(error, this.#options.names);
        const isRepeated = recovery === "again" || (recovery === "again-once" && isFirstOfItsKind);
        if (!isRepeated) return this.#giveUpTogether(waiting, error, { recovery, isHalved });
        if (sqlstateOf(error) !== LOCK_NOT_AVAILABLE) await pause(tries); // whoever waited for a lock has paused.
      }
    }
  }

  async #giveUpTogether(
    publishes: readonly Publish[],
    error: unknown,
    { recovery, isHalved }: { readonly recovery: Recovery; readonly isHalved: boolean },
  ): Promise<void> {
    const mayHalve = recovery === "halve" || (recovery === "halve-once" && !isHalved);
    const isEnd = !mayHalve || publishes.length === 1;
    if (isEnd) {
      for (const publish of publishes) publish.reject(translated(error));
      return;
    }
    const middle = Math.ceil(publishes.length / 2);
    await this.flush(publishes.slice(0, middle), { isHalved: true });
    await this.flush(publishes.slice(middle), { isHalved: true });
  }

  #commit(publishes: readonly Publish[], notify: boolean, progress: { isSent: boolean }): Promise<readonly Verdict[]> {
    const { connections, writeTimeoutMs, idleTimeoutMs } = this.#options;
    // They are in order of arrival, and all have the same time: the first is the first to be late.
    const [{ deadlineMs }] = publishes as readonly [Publish];
    let bytes = 0;
    for (const publish of publishes) bytes += publish.bytes;
    const limits = tryLimits({ deadlineMs, writeTimeoutMs, bytes });
    const append = { lockTimeoutMs: limits.lockTimeoutMs, idleTimeoutMs, notify };
    return connections.use((client) => {
      progress.isSent = true;
      return waitingForStandbys(client, () => this.#append.run(client, publishes, append));
    }, limits);
  }
}

const LOCK_NOT_AVAILABLE = "55P03";

// Only a full queue of notifications is of this class and strikes every commit alike.
function isQueueFull(error: unknown): boolean {
  return sqlstateOf(error) === "54000";
}

function withoutLate(publishes: readonly Publish[], obstacle: unknown): readonly Publish[] {
  const now = performance.now();
  return publishes.filter((publish) => {
    if (publish.deadlineMs > now) return true;
    publish.reject(lateError(obstacle));
    return false;
  });
}

/** The error of a publish whose time is over, by what last stood in its way; `undefined`: it never had its turn. */
function lateError(obstacle: unknown): Error {
  if (obstacle !== undefined && isConnectionLoss(obstacle)) {
    return new StorageUnavailableError("PostgreSQL could not be reached within `writeTimeoutMs`. Nothing was stored.", {
      cause: obstacle,
    });
  }
  return new StorageBusyError("The turn of this publish did not come within `writeTimeoutMs`. Nothing was stored.", {
    cause: obstacle,
  });
}
