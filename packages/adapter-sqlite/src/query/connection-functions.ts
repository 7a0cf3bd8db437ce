import {
  type AnyQueryFunction,
  BUILT_IN_FUNCTIONS,
  compileRegex,
  functionResult,
  type QueryFunctions,
} from "@eventfold/query";
import { parseJson } from "@eventfold/types";
import type { Client } from "../connection/client.ts";

/** A call of a function threw: what it threw is the caller's, not the database's. */
export class FunctionFailure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

const MOST_PATTERNS = 100;
const known = new WeakMap<Client, ConnectionFunctions>();

/**
 * What queries compute in JavaScript on one connection, so that it is the same code as in memory:
 * `eventfold_matches(pattern, key)` for regular expressions, and `eventfold_call(name, …)` for functions, `similarity`
 * and those of the user's own, whose arguments are JSON texts. Queries run synchronously, so that which functions may be
 * called can be said for each query.
 */
export class ConnectionFunctions {
  readonly #patterns = new Map<string, (text: string) => boolean>();
  #functions: QueryFunctions = BUILT_IN_FUNCTIONS;
  #failure: FunctionFailure | undefined;

  /** The functions of a connection, registered there when they are first asked for. */
  static of(client: Client): ConnectionFunctions {
    const registered = known.get(client);
    if (registered !== undefined) return registered;
    const made = new ConnectionFunctions();
    const options = { deterministic: true, directOnly: true, safeIntegers: false };
    client.function("eventfold_matches", options, (pattern: unknown, key: unknown) =>
      made.#matches(String(pattern), key),
    );
    client.function("eventfold_call", { ...options, varargs: true }, (name: unknown, ...values: unknown[]) =>
      made.#call(String(name), values),
    );
    known.set(client, made);
    return made;
  }

  private constructor() {}

  /** Runs a query that may call these functions. @returns what it yields, or how a function of the user's own failed. */
  run<T>(functions: QueryFunctions, query: () => T): T | FunctionFailure {
    this.#functions = functions;
    this.#failure = undefined;
    try {
      return query();
    } catch (error) {
      if (this.#failure !== undefined) return this.#failure;
      throw error;
    }
  }

  #matches(pattern: string, key: unknown): number {
    return typeof key === "string" && this.#compile(pattern)(key) ? 1 : 0;
  }

  /** Compiling costs more than matching, and a query asks for every row: the patterns used last are kept. */
  #compile(pattern: string): (text: string) => boolean {
    const compiled = this.#patterns.get(pattern);
    if (compiled !== undefined) return compiled;
    const made = compileRegex(pattern);
    if (this.#patterns.size >= MOST_PATTERNS) this.#patterns.clear();
    this.#patterns.set(pattern, made);
    return made;
  }

  #call(name: string, values: readonly unknown[]): string | number | Buffer | null {
    const definition = this.#functions.get(name);
    try {
      if (definition === undefined) throw new TypeError(`There is no function called ${name}.`);
      const parsed = values.map((value) => (value === null ? null : parseJson(String(value))));
      return keyOf(definition, definition.evaluate(...(parsed as never)));
    } catch (error) {
      this.#failure = new FunctionFailure(error);
      throw error;
    }
  }
}

/** What a function yields as a sort key, held to what the function declares. */
function keyOf(definition: AnyQueryFunction, value: unknown): string | number | Buffer | null {
  const result = functionResult(definition, value);
  return typeof result === "boolean" ? Buffer.of(Number(result)) : result;
}
