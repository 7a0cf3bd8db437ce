import type { Field } from "../clauses/clause.ts";
import type { KeyBound } from "../plan/keyset.ts";
import type { SearchPlan } from "../plan/plan-query.ts";
import { allHold, oneHolds, type Translated } from "./condition.ts";
import type { Dialect, FieldBound } from "./dialect.ts";
import { possibleValues } from "./possible-values.ts";

/** Part of a search's rows, fetched separately. The rows of a later stretch come after those of an earlier one. */
export interface SearchStretch<T> {
  /** Which rows these are, of those that the filter holds for. */
  readonly condition: Translated<T>;
  /** Whether they have a value in the first field of the order, have none, or may be of both kinds. */
  readonly firstKey: "present" | "missing" | "any";
}

/**
 * The rows after a plan's start as one or two stretches of an index: those with a value in the first field of the
 * order, and those without one. One condition for both would be an "or", which no index serves.
 *
 * @param fields - those of the plan's order, as the dialect wants them.
 *
 * @example
 * ```ts
 * const stretches = searchStretches(plan, { fields: plan.order.map(({ field }) => dialect.field(field)), dialect });
 * ```
 */
export function searchStretches<TField, T>(
  plan: SearchPlan,
  { fields, dialect }: { readonly fields: readonly TField[]; readonly dialect: Dialect<TField, T> },
): readonly SearchStretch<T>[] {
  const { order, start, functions } = plan;
  const places = order.map(
    (key, index): Place<TField> => ({
      field: fields[index] as TField,
      canBeMissing: canBeMissing(key.field, functions),
      bound: start[index],
    }),
  );
  const [first, ...rest] = places;
  if (first === undefined) return [{ condition: true, firstKey: "any" }];
  const isWhole = first.bound === undefined && dialect.ordersMissing;
  if (!first.canBeMissing || isWhole) return [{ condition: startCondition(places, dialect), firstKey: "any" }];
  const present = presentRows(places, dialect);
  const missing = missingRows(first, rest, dialect);
  const stretches = order[0]?.nulls === "first" ? [missing, present] : [present, missing];
  return stretches.filter(({ condition }) => condition !== false);
}

/** A field of the order, and where the page starts in it. */
interface Place<TField> {
  readonly field: TField;
  readonly canBeMissing: boolean;
  /** `undefined` on the first page. */
  readonly bound: KeyBound | undefined;
}

function canBeMissing(field: Field<unknown>, functions: SearchPlan["functions"]): boolean {
  return possibleValues(field, functions).canBeMissing;
}

function startCondition<TField, T>(places: readonly Place<TField>[], dialect: Dialect<TField, T>): Translated<T> {
  return places[0]?.bound === undefined || behind(places, dialect);
}

/** Rows with a first key: all of them, or those behind a bound, which have one. */
function presentRows<TField, T>(places: readonly Place<TField>[], dialect: Dialect<TField, T>): SearchStretch<T> {
  const [first, ...rest] = places as readonly [Place<TField>, ...Place<TField>[]];
  if (first.bound === undefined || first.bound.beyond.kind === "present") {
    return { condition: dialect.isPresent(first.field), firstKey: "present" };
  }
  return { condition: behind([{ ...first, canBeMissing: false }, ...rest], dialect), firstKey: "present" };
}

/** Rows without a first key: all of them, or those that tie with a bound that is missing too. */
function missingRows<TField, T>(
  { field, bound }: Place<TField>,
  rest: readonly Place<TField>[],
  dialect: Dialect<TField, T>,
): SearchStretch<T> {
  const isMissing = dialect.isMissing(field);
  const firstKey = "missing";
  if (bound === undefined) return { condition: isMissing, firstKey };
  if (bound.value === null) return { condition: allHold([isMissing, behindRest(rest, dialect)], dialect), firstKey };
  const isBeyond = bound.beyond.kind === "ordered" && bound.beyond.orMissing;
  return { condition: isBeyond && isMissing, firstKey };
}

/** Behind the bounds: beyond the first one, or tied with it and behind the rest. The planner finds no range in that "or". */
function behind<TField, T>(places: readonly Place<TField>[], dialect: Dialect<TField, T>): Translated<T> {
  const [first, ...rest] = places as readonly [Place<TField>, ...Place<TField>[]];
  const bound = boundOf(first);
  const pair = bound && pairCondition(bound, rest, dialect);
  if (pair !== undefined) return pair;
  const isBehindRest = behindRest(rest, dialect);
  const isBeyond = beyond(first, dialect);
  if (bound === undefined || isBehindRest === false) return isBeyond;
  const tied = dialect.reachesExactly
    ? isBehindRest
    : allHold([dialect.ties(first.field, bound.value), isBehindRest], dialect);
  return allHold([dialect.isReached(bound), oneHolds([isBeyond, tied], dialect)], dialect);
}

function pairCondition<TField, T>(
  bound: FieldBound<TField>,
  rest: readonly Place<TField>[],
  dialect: Dialect<TField, T>,
): T | undefined {
  const [second] = rest;
  if (second === undefined || rest.length > 1 || second.canBeMissing) return undefined;
  const other = boundOf(second);
  return other && dialect.isPairBeyond?.(bound, other);
}

function behindRest<TField, T>(places: readonly Place<TField>[], dialect: Dialect<TField, T>): Translated<T> {
  return places.reduceRight<Translated<T>>((tied, place) => {
    const isTied = allHold([ties(place, dialect), tied], dialect);
    return oneHolds([beyond(place, dialect), isTied], dialect);
  }, false);
}

function beyond<TField, T>(place: Place<TField>, dialect: Dialect<TField, T>): Translated<T> {
  const { field, canBeMissing, bound } = place;
  if (bound?.beyond.kind === "present") return canBeMissing ? dialect.isPresent(field) : true;
  if (bound?.beyond.kind !== "ordered") return false;
  const { comparison: side, value, orMissing } = bound.beyond;
  return oneHolds(
    [dialect.isBeyond({ field, side, value }), orMissing && canBeMissing && dialect.isMissing(field)],
    dialect,
  );
}

function ties<TField, T>({ field, canBeMissing, bound }: Place<TField>, dialect: Dialect<TField, T>): Translated<T> {
  const value = bound?.value ?? null;
  return value === null ? canBeMissing && dialect.isMissing(field) : dialect.ties(field, value);
}

function boundOf<TField>({ field, bound }: Place<TField>): FieldBound<TField> | undefined {
  if (bound?.beyond.kind !== "ordered") return undefined;
  return { field, side: bound.beyond.comparison, value: bound.beyond.value };
}
