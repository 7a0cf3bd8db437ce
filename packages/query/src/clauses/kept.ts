import type { About, about } from "../document.ts";
import type { CheckedArguments } from "../functions/checked-arguments.ts";
import type { ParameterKind } from "../functions/query-function.ts";
import type { CheckedPath, CheckedTextPath } from "../paths/path-types.ts";
import type { FieldValue } from "./field-value.ts";
import type { Operands, Operator } from "./operator.ts";

/** What a comparison needs of a document: its path, and values there that its operands can be compared with. */
export interface ComparisonNeed<TPath, TOperator extends Operator, TOperands> {
  readonly comparison: [path: TPath, operator: TOperator, operands: TOperands];
}

/** What a sort needs of a document: its path. */
export interface PathNeed<TPath> {
  readonly path: TPath;
}

/** What a function of text needs of a document: its path, and text there. */
export interface TextNeed<TPath> {
  readonly text: TPath;
}

/** What the call of a function needs of a document: the paths among its arguments. */
export interface ArgumentsNeed<TParameters extends readonly ParameterKind[], TArguments> {
  readonly arguments: [parameters: TParameters, arguments: TArguments];
}

/**
 * `"fits"` if documents of the type have all that is needed, a union of needs, or if nothing is checked; otherwise also what is
 * wrong.
 */
type Fit<TDocument, TNeed> = [TDocument] extends [never] ? "fits" : FitOfKnown<TDocument, TNeed>;

type FitOfKnown<TDocument, TNeed> =
  TNeed extends ComparisonNeed<infer TPath, infer TOperator, infer TOperands>
    ? TPath extends CheckedPath<TDocument, TPath>
      ? TOperands extends Operands<FieldValue<TDocument, TPath, never>, TOperator>
        ? "fits"
        : ["the values are of another type at", TPath]
      : ["the document has no", TPath]
    : TNeed extends PathNeed<infer TPath>
      ? TPath extends CheckedPath<TDocument, TPath>
        ? "fits"
        : ["the document has no", TPath]
      : TNeed extends TextNeed<infer TPath>
        ? TPath extends CheckedTextPath<TDocument, TPath>
          ? "fits"
          : ["the document has no text at", TPath]
        : TNeed extends ArgumentsNeed<infer TParameters, infer TArguments>
          ? TArguments extends CheckedArguments<TDocument, TParameters, TArguments>
            ? "fits"
            : ["the document does not have the paths among", TArguments]
          : ["the compiler does not know what it needs"];

declare const needs: unique symbol;

/**
 * Marks, for the compiler only, what a clause, sort or call was written with where no type of documents was known: in a variable,
 * say. It is checked against the documents where it is used. Nothing is stored at run time.
 */
export interface Needs<TNeed> {
  /** Never present: the compiler asks it about the type of documents that is expected, and `"fits"` is the right answer. */
  readonly [about]?: (<TDocument>(document: TDocument) => Fit<TDocument, TNeed>) | undefined;
  /** Never present: the need itself, so that a clause made of clauses needs what these do. */
  readonly [needs]?: TNeed;
}

/** A clause, sort or call that carries what it needs, in place of the type of its documents. */
export type Kept<TData, TNeed> = Omit<TData, typeof about> & Needs<TNeed>;

/** What a clause or call needs: what is about documents of any type needs nothing, and what is about unknown ones fits nowhere. */
export type NeedOf<TWritten> = TWritten extends unknown
  ? typeof needs extends keyof TWritten
    ? Exclude<TWritten[typeof needs], undefined>
    : TWritten extends About<unknown>
      ? never
      : unknown
  : never;

/** Whether no type of documents is known where something is written. */
export type IsOpen<TDocument> = [TDocument] extends [never] ? true : unknown extends TDocument ? true : false;
