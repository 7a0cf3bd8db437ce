import type { Connections } from "../connection/connections.ts";
import { repeatUntil } from "../connection/repeating.ts";
import { waitingForStandbys } from "../connection/standby-wait.ts";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import { recoveryFrom, tryLimits } from "./tries.ts";

/** What {@link PublishReads} is made from. */
export interface PublishReadsOptions {
  readonly connections: Connections;
  readonly names: LogNames;
  readonly writeTimeoutMs: number;
}

/** What is read for a publish: it is repeated as the publish is, for one that failed would fail the publish. */
export class PublishReads {
  readonly #options: PublishReadsOptions;

  constructor(options: PublishReadsOptions) {
    this.#options = options;
  }

  /** Runs a statement on a connection of its own and returns the rows. Rejects with what the driver throws. */
  run(
    statement: Statement,
    deadlineMs = performance.now() + this.#options.writeTimeoutMs,
  ): Promise<readonly TextRow[]> {
    const { connections, names, writeTimeoutMs } = this.#options;
    const isPassing = (error: unknown) => ["again", "halve-once"].includes(recoveryFrom(error, names));
    const repeated = repeatUntil({ deadlineMs, isPassing }, () =>
      connections.use(
        (client) => waitingForStandbys(client, () => connections.form.run(client, statement)),
        tryLimits({ deadlineMs, writeTimeoutMs, bytes: 0 }),
      ),
    );
    return connections.track(repeated);
  }
}
