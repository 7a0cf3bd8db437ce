import type { ProjectionStorage } from "@eventfold/projections";
import {
  type AnyQueryFunction,
  and,
  type Clause,
  canonicalJson,
  type FunctionCall,
  filter,
  functionResult,
  offsetPage,
  or,
  path,
  planCount,
  planSearch,
  type QueryFunctions,
  type Scalar,
} from "@eventfold/query";
import type { JsonValue } from "@eventfold/types";

/** The arguments of one call: constants, and the values that paths find, `undefined` for no value. */
export type TrialArguments = readonly (JsonValue | undefined)[];

/** Where a function is tested. */
export interface FunctionTrialOptions {
  readonly storage: ProjectionStorage;
  /** The name of the projections that hold the arguments. */
  readonly name: string;
}

const PROJECTOR_VERSION = 1;

/** Has a storage compute a function for generated arguments, which are saved as the states of projections. */
export class FunctionTrial {
  readonly #definition: AnyQueryFunction;
  readonly #functions: QueryFunctions;
  readonly #storage: ProjectionStorage;
  readonly #scope: { readonly name: string; readonly projectorVersion: number };

  constructor(definition: AnyQueryFunction, { storage, name }: FunctionTrialOptions) {
    this.#definition = definition;
    this.#functions = new Map([[definition.name, definition]]);
    this.#storage = storage;
    this.#scope = { name, projectorVersion: PROJECTOR_VERSION };
  }

  /** @throws `InvalidQueryError` when the storage does not know the function. */
  async assertKnown(): Promise<void> {
    const constants = { path: undefined, string: "", number: 0, boolean: false };
    const field = this.#callOf(this.#definition.parameters.map((kind) => constants[kind]));
    const plan = planCount({ filters: [filter(field, "exists")] }, { functions: this.#functions });
    await this.#storage.count({ ...this.#scope, plan });
  }

  /** @throws `Error` that names the first call that the storage computes differently, or fails to compute. */
  async assertAgreement(calls: readonly TrialArguments[]): Promise<void> {
    const expected = calls.map((values) => this.#evaluated(values));
    await this.#save(calls);
    const clauses = calls.map((values, place) => this.#clauseOf(values, place, expected[place] ?? null));
    const found = await this.#found(or(...clauses), calls);
    const place = calls.findIndex((_, each) => !found.has(String(each)));
    const values = calls[place];
    if (values === undefined) return;
    const isMissing = await this.#found(this.#clauseOf(values, place, null), calls);
    const actual = isMissing.size > 0 ? "is missing" : "is another value";
    throw new Error(`${this.#shown(values)} is ${JSON.stringify(expected[place])} in JavaScript and ${actual} there.`);
  }

  /** Deletes what was saved. */
  async removeAll(): Promise<void> {
    await this.#storage.clear(this.#scope);
  }

  #evaluated(values: TrialArguments): Scalar | null {
    try {
      const given = values.map((value) => (value === undefined ? null : asStored(value)));
      return functionResult(this.#definition, this.#definition.evaluate(...(given as never)));
    } catch (cause) {
      throw new Error(`${this.#shown(values)} fails in JavaScript: ${messageOf(cause)}`, { cause });
    }
  }

  async #save(calls: readonly TrialArguments[]): Promise<void> {
    const source = { kind: "log" } as const;
    const writes = calls.map((values, place) => ({
      projection: {
        ...this.#scope,
        id: String(place),
        source,
        state: canonicalJson(stateOf(values)),
        metadata: "null",
        lastSequenceNumber: 1,
        lastPosition: undefined,
        isRemoved: false,
      },
      unchangedSince: undefined,
    }));
    await this.#storage.save({ writes });
  }

  async #found(clause: Clause, calls: readonly TrialArguments[]): Promise<ReadonlySet<string>> {
    const query = { filters: [clause], paging: offsetPage({ number: 1, size: calls.length }) };
    const plan = planSearch(query, { functions: this.#functions });
    try {
      return new Set((await this.#storage.search({ ...this.#scope, plan })).map(({ id }) => id));
    } catch (cause) {
      const all = calls.map((values) => this.#shown(values)).join(", ");
      throw new Error(`${all} ${calls.length === 1 ? "fails" : "fail"} there: ${messageOf(cause)}`, { cause });
    }
  }

  #clauseOf(values: TrialArguments, place: number, expected: Scalar | null): Clause {
    return and(filter("id", "equal", String(place)), filter(this.#callOf(values), "equal", expected));
  }

  #callOf(values: TrialArguments): FunctionCall {
    const given = this.#definition.parameters.map((kind, place) =>
      kind === "path" ? path.unchecked("state", memberOf(place)) : (values[place] as Scalar),
    );
    return { kind: "function", name: this.#definition.name, arguments: given };
  }

  #shown(values: TrialArguments): string {
    return `${this.#definition.name}(${values.map((value) => JSON.stringify(value) ?? "nothing").join(", ")})`;
  }
}

/** The state in which paths find the arguments. */
function stateOf(values: TrialArguments): JsonValue {
  const found = [...values.entries()].filter((entry): entry is [number, JsonValue] => entry[1] !== undefined);
  return Object.fromEntries(found.map(([place, value]) => [memberOf(place), value]));
}

function memberOf(place: number): string {
  return `argument${place}`;
}

/** As JSON gives it back: −0 becomes 0. */
function asStored(value: JsonValue): JsonValue {
  return JSON.parse(canonicalJson(value)) as JsonValue;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
