import { errorTextOf } from "../work/error-text.ts";

/** How the health of a subscription is checked. */
export interface HealthCheckOptions {
  /** What is asked; `undefined`: nothing, and it is healthy. */
  readonly check: ((context: { readonly signal: AbortSignal }) => unknown) | undefined;
  /** After how many milliseconds an answer is too late. */
  readonly limitMs: number;
  /** Is told when it was healthy and is not, or the other way round. */
  readonly onChange: (problem: string | undefined) => void;
}

/** Asks again and again whether a node can handle the events of a subscription, one question at a time. */
export class HealthCheck {
  readonly #options: HealthCheckOptions;
  #problem: string | undefined;
  #isAsking = false;

  constructor(options: HealthCheckOptions) {
    this.#options = options;
    if (options.check !== undefined) this.#problem = "The health check has not answered yet.";
  }

  /** Why the node cannot; `undefined`: it can. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Asks, unless a question is open. */
  look(): void {
    const { check } = this.#options;
    if (check === undefined || this.#isAsking) return;
    this.#isAsking = true;
    void this.#ask(check).then((problem) => {
      this.#isAsking = false;
      const hasChanged = (problem === undefined) !== (this.#problem === undefined);
      this.#problem = problem;
      if (hasChanged) this.#options.onChange(problem);
    });
  }

  /** @returns what is wrong. It never rejects. */
  async #ask(check: (context: { readonly signal: AbortSignal }) => unknown): Promise<string | undefined> {
    const { limitMs } = this.#options;
    const limit = new AbortController();
    const { promise: tooLate, resolve } = Promise.withResolvers<string>();
    const timer = setTimeout(() => {
      const problem = `The health check has not answered within ${limitMs} ms.`;
      limit.abort(new Error(problem));
      resolve(problem);
    }, limitMs);
    const answer = async () => {
      const { signal } = limit;
      return (await check({ signal })) === false ? "The health check answered false." : undefined;
    };
    const failed = (error: unknown) => `The health check failed. ${errorTextOf(error)}`;
    const problem = await Promise.race([answer().catch(failed), tooLate]);
    clearTimeout(timer);
    return problem;
  }
}
