import type { ProjectionStore } from "@eventfold/projections";
import { inlineProjection, projectorFor } from "@eventfold/projections";
import type { EventStorageAdapter, InlineHook } from "@eventfold/store";
import { EventStore, type NewEvent } from "@eventfold/store";

export type NoteEvents = { noted: { n: number } };

/** How many events each stream has. */
export const notes = projectorFor<{ count: number }, NoteEvents>()({
  name: "notes",
  version: 1,
  initialState: () => ({ count: 0 }),
  handlers: { noted: ({ count }) => ({ count: count + 1 }) },
});

/** How many events the category has. */
export const total = projectorFor<{ count: number }, NoteEvents>()({
  name: "total",
  version: 1,
  source: "category",
  id: () => "all",
  initialState: () => ({ count: 0 }),
  handlers: { noted: ({ count }) => ({ count: count + 1 }) },
});

/** How many events there are of each remainder. */
export const remainders = projectorFor<{ count: number }, NoteEvents>()({
  name: "remainders",
  version: 1,
  source: "category",
  key: ({ payload }) => String(payload.n % 3),
  initialState: () => ({ count: 0 }),
  handlers: { noted: ({ count }) => ({ count: count + 1 }) },
});

/** All three, folded with the events. */
export function countNotes(store: ProjectionStore): readonly InlineHook[] {
  return [
    inlineProjection({ projector: notes, store, category: "notes" }),
    inlineProjection({ projector: total, store, category: "notes" }),
    inlineProjection({ projector: remainders, store, category: "notes" }),
  ];
}

/** Events with everything that an event can have. */
export function someNotes(count: number, from = 0): NewEvent<NoteEvents>[] {
  return Array.from({ length: count }, (_, index) => ({
    name: "noted" as const,
    payload: { n: from + index },
    ...(index % 2 === 0 && { metadata: { by: "é" }, tags: [`third:${index % 3}`, "b"] }),
    occurredAt: new Date(1_000_000 + index),
    version: 1 + (index % 2),
  }));
}

/** Publishes so many events to streams of ten events. */
export async function fillLog(adapter: EventStorageAdapter, count: number, from = 0): Promise<void> {
  const store = new EventStore({ adapter });
  for (let n = from; n < from + count; n += 500) {
    const streams = Array.from({ length: Math.min(50, (from + count - n) / 10) }, (_, index) => ({
      stream: `s${n / 10 + index}`,
      events: someNotes(10, n + 10 * index),
    }));
    await store.category<NoteEvents>("notes").publish({ streams });
  }
}
