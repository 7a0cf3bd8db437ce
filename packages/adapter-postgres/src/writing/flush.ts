import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@eventfold/types";
import type { Connections } from "../connection/connections.ts";
import { sqlstateOf } from "../errors/sqlstate.ts";
import { translated } from "../errors/translate-error.ts";
import type { LogNames } from "../naming/log-names.ts";
import { Append } from "./append.ts";
import { lateError } from "./late-publish.ts";
import type { Publish } from "./publish.ts";
import { recoveryFrom } from "./recovery.ts";
import type { Verdict } from "./verdict.ts";

/** What {@link Flusher} is made from. */
export interface FlusherOptions {
  readonly connections: Connections;
  readonly names: LogNames;
  readonly logger: Logger;
  /** Whether the append itself notifies followers. */
  readonly notifies: boolean;
  /** Tells a publish its verdict. */
  readonly settle: (publish: Publish, verdict: Verdict) => void;
}

// The server is asked to give up first, and says why; a server that is silent for so much longer is given up on.
const REPLY_GRACE_MS = 1_000;
const MAX_PAUSE_MS = 500;

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
      try {
        const verdicts = await this.#commit(waiting, !isQueueFull(obstacle) && this.#options.notifies);
        for (const [index, publish] of waiting.entries()) this.#options.settle(publish, verdicts[index] as Verdict);
        return;
      } catch (error) {
        const isFirstOfItsKind = sqlstateOf(error) !== sqlstateOf(obstacle);
        obstacle = error;
        if (isQueueFull(error) && isFirstOfItsKind && this.#options.notifies) {
          this.#options.logger.warn({ error }, "eventfold: publishing again without notifying");
          continue;
        }
        const recovery = recoveryFrom(error, this.#options.names);
        if (recovery !== "again") return this.#giveUpTogether(waiting, error, { recovery, isHalved });
        await pause(tries);
      }
    }
  }

  async #giveUpTogether(
    publishes: readonly Publish[],
    error: unknown,
    { recovery, isHalved }: { readonly recovery: "halve" | "halve-once" | "reject"; readonly isHalved: boolean },
  ): Promise<void> {
    const isEnd = recovery === "reject" || (recovery === "halve-once" && isHalved) || publishes.length === 1;
    if (isEnd) {
      for (const publish of publishes) publish.reject(translated(error));
      return;
    }
    const middle = Math.ceil(publishes.length / 2);
    await this.flush(publishes.slice(0, middle), { isHalved: true });
    await this.flush(publishes.slice(middle), { isHalved: true });
  }

  #commit(publishes: readonly Publish[], notify: boolean): Promise<readonly Verdict[]> {
    // They are in order of arrival, and all have the same time: the first is the first to be late.
    const [first] = publishes as readonly [Publish];
    const budgetMs = Math.max(1, Math.ceil(first.deadlineMs - performance.now()));
    return this.#options.connections.use(
      (client) => this.#append.run(client, publishes, { lockTimeoutMs: budgetMs, notify }),
      {
        connectTimeoutMs: budgetMs,
        replyTimeoutMs: budgetMs + REPLY_GRACE_MS,
      },
    );
  }
}

// Only a full queue of notifications is of this class and strikes every commit alike.
function isQueueFull(error: unknown): boolean {
  return sqlstateOf(error) === "54000";
}

function withoutLate(publishes: readonly Publish[], obstacle: unknown): readonly Publish[] {
  const now = performance.now();
  return publishes.filter((publish) => {
    if (publish.deadlineMs > now) return true;
    publish.reject(lateError(publish, obstacle));
    return false;
  });
}

async function pause(tries: number): Promise<void> {
  await sleep(Math.min(MAX_PAUSE_MS, 5 * 2 ** tries) * (0.5 + Math.random() / 2));
}
