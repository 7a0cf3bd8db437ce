import { checkedName } from "@eventfold/types";
import { checkedNumber, type NameIn, type StreamConstraint, type TimeConstraint } from "./constraint.ts";
import { itemsOf, itemsOfBoth } from "./query-items.ts";
import type { ScanBounds } from "./storage/event-storage.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reduces constraints, all of which must hold, to one bound of each sort: the narrowest. Several queries are multiplied out.
 *
 * @param sourceKind what is scanned; only streams know positions.
 * @throws `TypeError` for what is not a constraint, and for a position constraint on anything but a stream.
 * @throws `RangeError` when the queries together come to more than 100 items.
 */
export function boundsOf(constraints: readonly StreamConstraint[], sourceKind: string): ScanBounds {
  if (!Array.isArray(constraints)) throw new TypeError("The constraints of a scan must be an array.");
  const bounds: Mutable<ScanBounds> = {};
  for (const constraint of constraints) narrow(bounds, constraint, sourceKind);
  return bounds;
}

function narrow(bounds: Mutable<ScanBounds>, constraint: StreamConstraint, sourceKind: string): void {
  switch (constraint?.kind) {
    case "sequence-number-after":
      bounds.sequenceNumberAfter = later(bounds.sequenceNumberAfter, sequenceNumberOf(constraint));
      return;
    case "sequence-number-before":
      bounds.sequenceNumberBefore = earlier(bounds.sequenceNumberBefore, sequenceNumberOf(constraint));
      return;
    case "position-after":
      bounds.positionAfter = later(bounds.positionAfter, positionOf(constraint, sourceKind));
      return;
    case "position-before":
      bounds.positionBefore = earlier(bounds.positionBefore, positionOf(constraint, sourceKind));
      return;
    case "name-in":
      bounds.names = namesIn(bounds.names, constraint);
      return;
    case "events-match":
      bounds.matching =
        bounds.matching === undefined ? itemsOf(constraint) : itemsOfBoth(bounds.matching, itemsOf(constraint));
      return;
    case "occurred-after":
    case "occurred-before":
    case "observed-after":
    case "observed-before":
      narrowTime(bounds, constraint);
      return;
    default:
      throw new TypeError(`Not a constraint: ${JSON.stringify(constraint) ?? typeof constraint}.`);
  }
}

function narrowTime(bounds: Mutable<ScanBounds>, { kind, timeMs }: TimeConstraint): void {
  if (!Number.isSafeInteger(timeMs)) throw new TypeError(`Not a time in epoch milliseconds: ${String(timeMs)}.`);
  switch (kind) {
    case "occurred-after":
      bounds.occurredAfterMs = later(bounds.occurredAfterMs, timeMs);
      return;
    case "occurred-before":
      bounds.occurredBeforeMs = earlier(bounds.occurredBeforeMs, timeMs);
      return;
    case "observed-after":
      bounds.observedAfterMs = later(bounds.observedAfterMs, timeMs);
      return;
    case "observed-before":
      bounds.observedBeforeMs = earlier(bounds.observedBeforeMs, timeMs);
      return;
  }
}

function sequenceNumberOf({ sequenceNumber }: { readonly sequenceNumber: number }): number {
  return checkedNumber("sequence number", sequenceNumber);
}

function positionOf({ position }: { readonly position: number }, sourceKind: string): number {
  if (sourceKind !== "stream") {
    throw new TypeError(`Positions belong to a stream; a ${sourceKind} cannot be narrowed by position.`);
  }
  return checkedNumber("position", position);
}

function namesIn(names: readonly string[] | undefined, constraint: NameIn): readonly string[] {
  if (!Array.isArray(constraint.names) || constraint.names.length === 0) {
    throw new TypeError("nameIn takes at least one name.");
  }
  const given = new Set(constraint.names.map((name) => checkedName("event", name)));
  return names === undefined ? [...given] : names.filter((name) => given.has(name));
}

function later(a: number | undefined, b: number): number {
  return a === undefined ? b : Math.max(a, b);
}

function earlier(a: number | undefined, b: number): number {
  return a === undefined ? b : Math.min(a, b);
}
