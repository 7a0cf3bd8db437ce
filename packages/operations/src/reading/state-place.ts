import { observedUpTo, occurredUpTo, type SourceConstraint, sequenceNumberBefore } from "@eventfold/store";

/** Up to where a source is folded. Every bound is inclusive. */
export type StatePlace =
  /** To its newest event. */
  | { readonly kind: "newest" }
  /** To the event of this sequence number, or the last one before it. */
  | { readonly kind: "number"; readonly sequenceNumber: number }
  /** What was known at a time: the events observed until then, in the order of the log. */
  | { readonly kind: "observed"; readonly time: Date }
  /** What was true at a time, as is known now: the events that occurred until then. Of a stream, in the order of occurrence. */
  | { readonly kind: "occurred"; readonly time: Date };

/** The events that a place admits. */
export function constraintsOf(place: StatePlace): readonly SourceConstraint[] {
  switch (place.kind) {
    case "newest":
      return [];
    case "number":
      return [sequenceNumberBefore(place.sequenceNumber + 1)];
    case "observed":
      return [observedUpTo(place.time)];
    case "occurred":
      return [occurredUpTo(place.time)];
  }
}
