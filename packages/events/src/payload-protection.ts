import type { JsonForm } from "@eventfold/store/adapter";
import type { StoredEvent } from "@eventfold/types";
import type { PayloadPath } from "./payload-validation.ts";
import type { FieldTree } from "./protection/field-tree.ts";

/** An encoded event on its way to the store. */
export interface EventToProtect {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** The payload: validated, through its codecs, and checked to be JSON. */
  readonly payload: JsonForm;
  /** Makes the path to the payload in what was given to the publish, for an error. */
  readonly path: PayloadPath;
  /** Which fields of it are protected, and whose they are; `undefined`: none. */
  readonly protect: FieldsToProtect | undefined;
}

/** Fields of a payload that are not to be stored as they are. */
export interface FieldsToProtect {
  readonly subject: string;
  /** A field may be missing. */
  readonly fields: FieldTree;
}

/**
 * The innermost step of the pipeline, next to the store, for payloads that are not stored as they are:
 *
 * - publishing: validate → encode by codecs → **protect**; ids are known by then;
 * - reading: **reveal** → upcast → decode by codecs, or read under an old name.
 *
 * Each is called once: `protect` with all events of a publish that go through the definitions, `reveal` with a page of
 * stored events. What a publisher gets back is what it gave, so nothing is revealed for it.
 */
export interface PayloadProtection {
  /**
   * What is stored of each payload, in order.
   *
   * @throws or rejects when one cannot be protected: nothing is stored then.
   */
  protect(events: readonly EventToProtect[]): readonly JsonForm[] | Promise<readonly JsonForm[]>;

  /**
   * The events with the payloads that were protected, in order; the events given stay as they are. `failure` says
   * which one cannot be revealed, ever; what comes before it is among `events`.
   *
   * @throws or rejects when none can be revealed for now.
   */
  reveal(events: readonly StoredEvent[]): RevealedEvents | Promise<RevealedEvents>;
}

/** Stored events as they were before they were protected. */
export interface RevealedEvents {
  readonly events: readonly StoredEvent[];
  readonly failure?: { readonly event: StoredEvent; readonly error: unknown } | undefined;
}
