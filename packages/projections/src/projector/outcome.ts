const removes: unique symbol = Symbol.for("eventfold.removes");

/** Says that a projection is removed: {@link remove}. */
export interface Removal {
  readonly [removes]: true;
}

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
export const remove: Removal = Object.freeze<Removal>({ [removes]: true });

const movedTo: unique symbol = Symbol.for("eventfold.moved-to");

/** Says that a projection is merged into that of another key; see {@link moveTo}. */
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

/** Whether the value that a handler returned removes its projection. */
export function isRemoval(returned: unknown): boolean {
  return typeof returned === "object" && returned !== null && removes in returned;
}

/** Whether the value that a handler returned moves its projection. */
export function isMove(returned: unknown): returned is Move {
  return typeof returned === "object" && returned !== null && movedTo in returned;
}

/** The key that a projection is moved to: anything, where the compiler did not check it. */
export function targetOf(move: Move): unknown {
  return move[movedTo];
}
