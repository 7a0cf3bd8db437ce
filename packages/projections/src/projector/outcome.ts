/**
 * What a handler returns to remove its projection: readers no longer find it, while its key and how far it has read are
 * kept, so that an event that is delivered again does not bring it back. A later event begins anew, with the initial state.
 *
 * @example
 * ```ts
 * const cartProjector = projectorFor<{ items: number }, { "item-added": { sku: string }; "cart-emptied": null }>()({
 *   name: "cart",
 *   initialState: () => ({ items: 0 }),
 *   handlers: { "item-added": ({ items }) => ({ items: items + 1 }), "cart-emptied": () => remove },
 * });
 * ```
 */
export const remove: unique symbol = Symbol.for("eventfold.remove");

/** That a projection is removed: {@link remove}. */
export type Removal = typeof remove;

const movedTo: unique symbol = Symbol.for("eventfold.moved-to");

/** That a projection is merged into that of another key; see {@link moveTo}. */
export interface Move {
  readonly [movedTo]: string;
}

/**
 * What a handler of a projector with `merge` returns to merge its projection into that of another key, which must be among
 * the keys of the same event. Its own projection is then removed, as with {@link remove}.
 *
 * @example
 * ```ts
 * const guestProjector = projectorFor<{ nights: number }, { stayed: { guest: string }; merged: { from: string; into: string } }>()({
 *   name: "guest",
 *   source: "category",
 *   key: (event) => (event.name === "stayed" ? event.payload.guest : [event.payload.from, event.payload.into]),
 *   initialState: () => ({ nights: 0 }),
 *   handlers: {
 *     stayed: ({ nights }) => ({ nights: nights + 1 }),
 *     merged: (state, { payload }, key) => (key === payload.from ? moveTo(payload.into) : state),
 *   },
 *   merge: (into, from) => ({ nights: into.nights + from.nights }),
 * });
 * ```
 */
export function moveTo(key: string): Move {
  return Object.freeze({ [movedTo]: key });
}

/** The key that a handler moves its projection to, or `undefined` when it returned anything else. */
export function targetOf(returned: unknown): unknown {
  return typeof returned === "object" && returned !== null && movedTo in returned ? returned[movedTo] : undefined;
}
