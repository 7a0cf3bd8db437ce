import type { EventShape, Jsonify } from "@eventfold/types";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { CodecsFor, ReadWith, StorablePayload } from "./payload-codecs.ts";
import { checkedProtection, type EventProtection, type ProtectOptions } from "./protection/event-protection.ts";
import type { FieldPath, WithForgotten } from "./protection/field-path.ts";

/** Brings the payload of a version to the next one. Pure and synchronous. */
export type Upcaster = (old: unknown) => unknown;

/**
 * One event: how its payload is validated, encoded and stored, and how older versions of it are read. {@link event}
 * makes one, for `defineEvents`.
 */
export interface EventDefinition<
  TInput,
  TRead,
  TProtection extends EventProtection | undefined = EventProtection | undefined,
> {
  readonly kind: "event-definition";
  /** The version that is stored with the event: 1, and one more for each older version. */
  readonly version: number;
  /** Validates what is published. */
  readonly schema: StandardSchemaV1;
  /** The codecs of members of the payload, by name. */
  readonly codecs: object;
  /** From version 1 to the one that is read, one after the other. */
  readonly upcasters: readonly Upcaster[];
  /** Which fields are protected; `undefined`: none. */
  readonly protection: TProtection;
  /** Never present: the types of what is published and read, for the compiler. */
  readonly "~shape"?: EventShape<TInput, TRead> | undefined;
}

/** A definition without older versions yet. */
export interface FreshEventDefinition<TInput, TRead, TProtection extends EventProtection | undefined>
  extends EventDefinition<TInput, TRead, TProtection> {
  /**
   * Says what the payload of version 1 was. What is defined here is then the version after it, and `upcast` must say how one
   * comes from the other.
   *
   * @example
   * ```ts
   * const deposited = event({ schema: z.object({ amount: z.number(), currency: z.string() }) })
   *   .from<{ cents: number }>() // version 1
   *   .upcastTo((v1) => ({ amount: v1.cents / 100 })) // version 2
   *   .upcast((v2) => ({ ...v2, currency: "EUR" })); // version 3: today's
   * ```
   */
  from<TOld>(): OpenEventDefinition<TInput, TRead, Jsonify<TOld>, TProtection>;
}

/** Tells a reader of the compiler's message why a link is refused. */
export interface RefusedLink<TReason extends string> {
  readonly refusedBecause: TReason;
}

/** What a link in between gives must be what was stored as that version, so it must be JSON. */
type StoredLink<TNext> = [Jsonify<TNext>] extends [TNext]
  ? unknown
  : RefusedLink<"what `upcastTo` gives must be JSON, as it was stored in that version">;

/** A definition that needs its last upcaster: `from` was called, and `upcast` was not. */
export interface OpenEventDefinition<TInput, TRead, TOld, TProtection extends EventProtection | undefined> {
  readonly kind: "event-definition-without-upcaster";

  /** One version more in between: how the payload of that version comes from the one before. */
  upcastTo<TNext extends object>(
    upcaster: ((old: TOld) => TNext) & StoredLink<TNext>,
  ): OpenEventDefinition<TInput, TRead, TNext, TProtection>;

  /** The last link: from the version before to what is read today, codecs included. */
  upcast(upcaster: (old: TOld) => TRead): EventDefinition<TInput, TRead, TProtection>;
}

type InputOf<TSchema> = TSchema extends StandardSchemaV1<infer TInput, unknown> ? TInput : never;
type OutputOf<TSchema> = TSchema extends StandardSchemaV1<unknown, infer TOutput> ? TOutput : never;

/** What one event is defined by. */
export interface EventOptions<TSchema, TCodecs, TField extends string = never> {
  /** Any Standard Schema: of zod, valibot, arktype. What is published is its input, what is stored is its output. */
  readonly schema: TSchema & StorablePayload<OutputOf<TSchema>, TCodecs>;
  /** For what JSON does not give back as it was: by the name of the member. Default: none. */
  readonly codecs?: TCodecs | undefined;
  /**
   * Which fields of the payload are personal, and whose they are. They are stored encrypted with a key of that subject, and read as
   * `Forgotten` once the subject was forgotten. The definitions need keys: see `withKeys`. Default: none.
   */
  readonly protect?: ProtectOptions<OutputOf<TSchema>, TField> | undefined;
}

/**
 * Defines one event by a schema of its payload. What is published is validated by it, and its output is stored, as
 * JSON; what is read is not validated again. A member with a codec is stored and read through it.
 *
 * @throws `TypeError` for what is not a schema, and for codecs that are none.
 *
 * @example
 * ```ts
 * const opened = event({
 *   schema: z.object({ owner: z.string(), openedAt: z.date() }),
 *   codecs: { openedAt: dateCodec },
 * });
 * ```
 */
export function event<
  TSchema extends StandardSchemaV1,
  const TCodecs extends CodecsFor<OutputOf<TSchema>> = Record<never, never>,
  const TField extends FieldPath<Jsonify<OutputOf<TSchema>>> = never,
>(
  options: EventOptions<TSchema, TCodecs, TField>,
): FreshEventDefinition<
  InputOf<TSchema>,
  WithForgotten<ReadWith<OutputOf<TSchema>, TCodecs>, TField>,
  [TField] extends [never] ? undefined : EventProtection
>;
export function event(options: EventOptions<StandardSchemaV1, object, string>): unknown {
  if (typeof options !== "object" || options === null) throw new TypeError("An event is defined by { schema }.");
  const { schema, codecs = {}, protect } = options;
  if (typeof schema?.["~standard"]?.validate !== "function") {
    throw new TypeError("The schema of an event must be a Standard Schema, as zod, valibot and arktype make them.");
  }
  if (typeof codecs !== "object" || codecs === null) throw new TypeError("The codecs of an event must be an object.");
  const parts: Parts = { schema, codecs, protection: checkedProtection(protect) };
  return Object.freeze({ ...definitionOf(parts, []), from: () => openDefinition(parts, []) });
}

type Parts = Pick<EventDefinition<unknown, unknown>, "schema" | "codecs" | "protection">;

function definitionOf(parts: Parts, upcasters: readonly Upcaster[]): EventDefinition<unknown, unknown> {
  return Object.freeze({ kind: "event-definition", version: upcasters.length + 1, ...parts, upcasters });
}

function openDefinition(parts: Parts, upcasters: readonly Upcaster[]): object {
  return Object.freeze({
    kind: "event-definition-without-upcaster",
    upcastTo: (upcaster: Upcaster) => openDefinition(parts, [...upcasters, checkedUpcaster(upcaster)]),
    upcast: (upcaster: Upcaster) => definitionOf(parts, [...upcasters, checkedUpcaster(upcaster)]),
  });
}

function checkedUpcaster(upcaster: unknown): Upcaster {
  if (typeof upcaster === "function") return upcaster as Upcaster;
  throw new TypeError(`An upcaster must be a function, got ${upcaster === null ? "null" : typeof upcaster}.`);
}
