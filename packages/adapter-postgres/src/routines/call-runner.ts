import type { Logger } from "@eventfold/store/adapter";
import type { Connections } from "../connection/connections.ts";
import { repeatUntil } from "../connection/repeating.ts";
import { waitingForStandbys } from "../connection/standby-wait.ts";
import type { TextRow } from "../connection/statement.ts";
import { translateError } from "../errors/translate-error.ts";
import { tryLimits } from "../writing/publish.ts";
import { type RoutineCall, statementOf } from "./routine-call.ts";
import { WriteTries } from "./write-tries.ts";

/** What {@link CallRunner} is made from. */
export interface CallRunnerOptions<TRoutine extends string> {
  readonly connections: Connections;
  /** Routines whose calls do not wait for a connection of the pool, and the connections for them. Default: none. */
  readonly apart?: { readonly routine: TRoutine; readonly connections: Connections } | undefined;
  /** The functions, named as in SQL. */
  readonly names: { readonly routines: Readonly<Record<TRoutine, string>> };
  readonly logger: Logger;
  readonly writeTimeoutMs: number;
  /** Called after a call that wakes listeners. Default: nothing. */
  readonly onWaking?: (() => void) | undefined;
}

const WITHOUT_LOCKS = { lockTimeoutMs: 0, notify: false };

/** Makes calls, each committed by itself, and repeats them. According to the port a repeat changes nothing. */
export class CallRunner<TRoutine extends string> {
  readonly #options: CallRunnerOptions<TRoutine>;

  constructor(options: CallRunnerOptions<TRoutine>) {
    this.#options = options;
  }

  /** Makes a call and gives its answer. */
  async run<TAnswer>(call: RoutineCall<TRoutine, TAnswer>): Promise<TAnswer> {
    const rows = await (call.effect === "none" ? this.#read(call) : this.#write(call));
    if (call.effect === "wakes") this.#options.onWaking?.();
    return call.answer(rows);
  }

  async #read(call: RoutineCall<TRoutine, unknown>): Promise<readonly TextRow[]> {
    const { connections, names } = this.#options;
    try {
      return await connections.read(statementOf(call, names, WITHOUT_LOCKS));
    } catch (error) {
      throw translateError(error);
    }
  }

  async #write(call: RoutineCall<TRoutine, unknown>): Promise<readonly TextRow[]> {
    const { writeTimeoutMs, logger } = this.#options;
    const deadlineMs = performance.now() + writeTimeoutMs;
    const tries = new WriteTries();
    try {
      return await repeatUntil({ deadlineMs, isPassing: (error) => tries.mayHelp(error) }, () =>
        this.#try(call, tries, deadlineMs),
      );
    } catch (error) {
      throw tries.ending(error);
    } finally {
      if (!tries.notifies)
        logger.warn({}, "eventfold: the server's queue of notifications is full, so a call notified nobody");
    }
  }

  async #try(call: RoutineCall<TRoutine, unknown>, tries: WriteTries, deadlineMs: number): Promise<readonly TextRow[]> {
    const { names, writeTimeoutMs } = this.#options;
    const { apart } = this.#options;
    const connections = call.routine === apart?.routine ? apart.connections : this.#options.connections;
    const limits = tryLimits({ deadlineMs, writeTimeoutMs, bytes: 0 });
    const { lockTimeoutMs } = limits;
    let isSent = false;
    try {
      return await connections.use((client) => {
        isSent = true;
        const statement = statementOf(call, names, { lockTimeoutMs, notify: tries.notifies });
        return waitingForStandbys(client, connections.requiredStandbys, () => connections.form.run(client, statement));
      }, limits);
    } catch (error) {
      tries.note(error, { isSent });
      throw error;
    }
  }
}
