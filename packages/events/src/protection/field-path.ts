import type { Forgotten } from "./forgotten.ts";

/**
 * The paths to members of a payload, with dots between names: `"name"`, `"address.street"`. They lead through objects, five deep at most;
 * an array is protected as a whole. A member whose name has a dot has no path.
 */
export type FieldPath<T, TDepth extends readonly unknown[] = []> = TDepth["length"] extends 5
  ? never
  : T extends readonly unknown[]
    ? never
    : T extends object
      ? { [K in keyof T & string]-?: PathFrom<K, NonNullable<T[K]>, TDepth> }[keyof T & string]
      : never;

type PathFrom<TName extends string, TMember, TDepth extends readonly unknown[]> = TName extends `${string}.${string}`
  ? never
  : TName | `${TName}.${FieldPath<TMember, [...TDepth, unknown]>}`;

/** What a payload is read as whose fields at some paths are protected. */
export type WithForgotten<T, TPath extends string> = [TPath] extends [never]
  ? T
  : T extends readonly unknown[]
    ? T
    : T extends object
      ? {
          readonly [K in keyof T]: K extends TPath
            ? T[K] | Forgotten
            : K extends string
              ? WithForgotten<T[K], PathAfter<TPath, K>>
              : T[K];
        }
      : T;

type PathAfter<TPath extends string, TName extends string> = TPath extends `${TName}.${infer TRest}` ? TRest : never;
