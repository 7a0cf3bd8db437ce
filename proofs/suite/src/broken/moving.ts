import type { EventStorageAdapter } from "@eventfold/store";
import type {
  EventText,
  NewestEvent,
  RestoreBatch,
  StoredEventText,
  StoredTextsOptions,
} from "@eventfold/store/adapter";
import { isEventfoldError } from "@eventfold/types";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { changedAdapter, changedStorage, restoreOf, textsOf, transactionOf } from "../changed-adapter.ts";

/** An adapter that reads texts with other options. */
function readingWith(change: (options: StoredTextsOptions) => StoredTextsOptions): BrokenAdapter["wrap"] {
  return (beneath) =>
    changedAdapter(beneath, { storedTexts: (source, options) => textsOf(beneath.storage)(source, change(options)) });
}

/** An adapter that changes the texts that it yields, of pages that do not become empty. */
function yielding(
  change: (texts: readonly StoredEventText[], options: StoredTextsOptions) => readonly StoredEventText[],
): BrokenAdapter["wrap"] {
  return (beneath) =>
    changedAdapter(beneath, {
      storedTexts: async function* (source, options) {
        for await (const page of textsOf(beneath.storage)(source, options)) {
          const changed = change(page, options);
          if (changed.length > 0) yield changed;
        }
      },
    });
}

/** An adapter that restores another batch than it is given. */
function restoring(
  change: (batch: RestoreBatch, beneath: EventStorageAdapter) => RestoreBatch | Promise<RestoreBatch>,
): BrokenAdapter["wrap"] {
  return (beneath) =>
    changedAdapter(beneath, { restore: async (batch) => restoreOf(beneath)(await change(batch, beneath)) });
}

/** An adapter that changes each event which it restores. */
function restoringEach(change: (event: EventText, index: number) => EventText): BrokenAdapter["wrap"] {
  return restoring((batch) => ({ ...batch, events: batch.events.map(change) }));
}

async function newestOf({ storage }: EventStorageAdapter): Promise<NewestEvent | undefined> {
  for await (const [newest] of textsOf(storage)({ kind: "log" }, { direction: "backwards", limit: 1 })) return newest;
  return undefined;
}

/** What is wrong with how these yield texts: rule 28. */
const brokenTexts: readonly BrokenAdapter[] = [
  {
    rule: 28,
    fault: "leaves the categories that begin with $ out of the texts of the log",
    wrap: yielding((texts) => texts.filter(({ category }) => !category.startsWith("$"))),
  },
  {
    rule: 28,
    fault: "writes the texts anew, with members in another order",
    wrap: yielding((texts) =>
      texts.map((text) => {
        const value: unknown = JSON.parse(text.payload);
        if (typeof value !== "object" || value === null || Array.isArray(value)) return text;
        return { ...text, payload: JSON.stringify(Object.fromEntries(Object.entries(value).toSorted())) };
      }),
    ),
  },
  {
    rule: 28,
    fault: "loses the tags of events as texts",
    wrap: yielding((texts) => texts.map((text) => ({ ...text, tags: [] }))),
  },
  {
    rule: 28,
    fault: "confuses the two times of events as texts",
    wrap: yielding((texts) =>
      texts.map((text) => ({ ...text, observedAtMs: text.occurredAtMs, occurredAtMs: text.observedAtMs })),
    ),
  },
  {
    rule: 28,
    fault: "includes the event at the bound of texts",
    wrap: readingWith((options) => ({ ...options, after: options.after && options.after - 1 })),
  },
  {
    rule: 28,
    fault: "ignores where texts are to end",
    wrap: readingWith(({ before: _, ...options }) => options),
  },
  {
    rule: 28,
    fault: "yields one text more than the limit",
    wrap: readingWith((options) => ({ ...options, limit: options.limit && options.limit + 1 })),
  },
  {
    rule: 28,
    fault: "yields texts forwards, whatever is asked for",
    wrap: readingWith((options) => ({ ...options, direction: "forwards" })),
  },
  {
    rule: 28,
    fault: "does not cut texts",
    wrap: readingWith(({ maxTextLength: _, ...options }) => options),
  },
  {
    rule: 28,
    fault: "cuts texts between the halves of a character",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        storedTexts: async function* (source, { maxTextLength, ...options }) {
          for await (const page of textsOf(beneath.storage)(source, options)) {
            yield page.map((text) => ({
              ...text,
              payload: text.payload.slice(0, maxTextLength),
              metadata: text.metadata === null ? null : text.metadata.slice(0, maxTextLength),
            }));
          }
        },
      }),
  },
  {
    rule: 28,
    fault: "tells the length of a text in characters",
    wrap: yielding((texts) => texts.map((text) => ({ ...text, payloadLength: [...text.payload].length }))),
  },
  {
    rule: 28,
    fault: "yields all texts in one page",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        storedTexts: async function* (source, options) {
          const all: StoredEventText[] = [];
          for await (const page of textsOf(beneath.storage)(source, options)) all.push(...page);
          if (all.length > 0) yield all;
        },
      }),
  },
  {
    rule: 28,
    fault: "begins to read texts before the first step",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        storedTexts: (source, options) => {
          const pages = textsOf(beneath.storage)(source, options)[Symbol.asyncIterator]();
          const first = pages.next();
          first.catch(() => {});
          return (async function* () {
            for (let step = await first; !step.done; step = await pages.next()) yield step.value;
          })();
        },
      }),
  },
  {
    rule: 28,
    fault: "ignores the signal of a reader of texts",
    wrap: readingWith(({ signal: _, ...options }) => options),
  },
  {
    rule: 28,
    fault: "ends texts as if they were all, when the adapter is closed",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        storedTexts: async function* (source, options) {
          for await (const page of textsOf(beneath.storage)(source, options)) {
            yield page;
            if (beneath.isClosed) return;
          }
        },
      }),
  },
  {
    rule: 28,
    fault: "leaves what a transaction has stored out of the texts within it",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        transaction: (work) =>
          transactionOf(beneath)(({ storage }) =>
            work({
              storage: changedStorage(storage, {
                storedTexts: (source, options) => textsOf(beneath.storage)(source, options),
              }),
            }),
          ),
      }),
  },
  {
    rule: 28,
    fault: "shows a publish among the texts only some time after it was acknowledged",
    wrap: (beneath) => {
      const hidden = new Set<string>();
      return changedAdapter(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          const ids = "events" in result ? result.events.flat().map(({ id }) => id) : [];
          for (const id of ids) hidden.add(id);
          setTimeout(() => {
            for (const id of ids) hidden.delete(id);
          }, 2);
          return result;
        },
        storedTexts: async function* (source, options) {
          for await (const page of textsOf(beneath.storage)(source, options)) {
            const shown = page.filter(({ id }) => !hidden.has(id));
            if (shown.length > 0) yield shown;
          }
        },
      });
    },
  },
];

/** What is wrong with how these restore: rule 29. */
const brokenRestoring: readonly BrokenAdapter[] = [
  {
    rule: 29,
    fault: "restores events at new numbers, by publishing them",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        restore: async ({ newest, events }) => {
          await restoreOf(beneath)({ newest, events: [] });
          for (const event of events) {
            const { category, stream } = event;
            await beneath.storage.save({ writes: [{ category, stream, events: [event], allowed: undefined }] });
          }
        },
      }),
  },
  {
    rule: 29,
    fault: "restores behind whatever event is the newest",
    wrap: restoring(async (batch, beneath) => ({ ...batch, newest: await newestOf(beneath) })),
  },
  {
    rule: 29,
    fault: "compares only the number of the newest event",
    wrap: restoring(async (batch, beneath) => {
      const newest = await newestOf(beneath);
      return newest?.sequenceNumber === batch.newest?.sequenceNumber ? { ...batch, newest } : batch;
    }),
  },
  {
    rule: 29,
    fault: "compares the newest event of the categories of callers only",
    wrap: restoring(async (batch, beneath) => {
      const latest = await beneath.storage.latest({ kind: "log" });
      const isLatest = latest?.id === batch.newest?.id;
      return isLatest ? { ...batch, newest: await newestOf(beneath) } : batch;
    }),
  },
  {
    rule: 29,
    fault: "compares the newest event before its turn comes",
    wrap: restoring(async (batch, beneath) => {
      const newest = await newestOf(beneath);
      if (newest?.id !== batch.newest?.id) return batch;
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      const last = (await newestOf(beneath))?.sequenceNumber ?? 0;
      const shift = Math.max(0, last + 1 - (batch.events[0]?.sequenceNumber ?? last + 1));
      const events = batch.events.map((event) => ({ ...event, sequenceNumber: event.sequenceNumber + shift }));
      return { ...batch, events, newest: await newestOf(beneath) };
    }),
  },
  {
    rule: 29,
    fault: "does not say which event is the newest when it refuses a batch",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        restore: (batch) =>
          restoreOf(beneath)(batch).catch((error) => {
            throw isEventfoldError(error, "LOG_CHANGED") ? Object.assign(error, { newest: undefined }) : error;
          }),
      }),
  },
  {
    rule: 29,
    fault: "restores what lies before the fault of a batch",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        restore: async ({ newest, events, ...rest }) => {
          if (events.length === 0) return restoreOf(beneath)({ newest, events, ...rest });
          let behind = newest;
          for (const event of events) {
            await restoreOf(beneath)({ newest: behind, events: [event], ...rest, upTo: 0 });
            behind = event;
          }
          return restoreOf(beneath)({ newest: behind, events: [], ...rest });
        },
      }),
  },
  {
    rule: 29,
    fault: "puts the events of a batch in order by itself",
    wrap: restoring((batch) => ({
      ...batch,
      events: batch.events.toSorted((a, b) => a.sequenceNumber - b.sequenceNumber),
    })),
  },
  {
    rule: 29,
    fault: "closes gaps in the positions of a stream",
    wrap: restoring(async (batch, beneath) => {
      const next = new Map<string, number>();
      const events: EventText[] = [];
      for (const event of batch.events) {
        const { category, stream } = event;
        const key = JSON.stringify([category, stream]);
        const latest = await beneath.storage.latest({ kind: "stream", category, stream });
        const position = Math.min(event.position, next.get(key) ?? (latest?.position ?? -1) + 1);
        next.set(key, position + 1);
        events.push({ ...event, position });
      }
      return { ...batch, events };
    }),
  },
  {
    rule: 29,
    fault: "leaves out events whose ids are stored already",
    wrap: restoring(async (batch, beneath) => {
      const events: EventText[] = [];
      for (const event of batch.events) {
        if ((await beneath.storage.eventById(event.id)) === undefined) events.push(event);
      }
      return { ...batch, events };
    }),
  },
  {
    rule: 29,
    fault: "restores without tags",
    wrap: restoringEach((event) => ({ ...event, tags: [] })),
  },
  {
    rule: 29,
    fault: "restores without metadata",
    wrap: restoringEach((event) => ({ ...event, metadata: null })),
  },
  {
    rule: 29,
    fault: "writes the texts anew that it restores",
    wrap: restoringEach((event) => ({ ...event, payload: JSON.stringify(JSON.parse(event.payload)) })),
  },
  {
    rule: 29,
    fault: "restores times of before 1970 as of 1970",
    wrap: restoringEach((event) => ({ ...event, observedAtMs: Math.max(0, event.observedAtMs) })),
  },
  {
    rule: 29,
    fault: "forgets up to which number no more may be given",
    wrap: restoring(({ upTo: _, ...batch }) => batch),
  },
  {
    rule: 29,
    fault: "moves its numbers although it refuses the batch",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        restore: async (batch) => {
          try {
            await restoreOf(beneath)(batch);
          } catch (error) {
            const upTo = batch.events.at(-1)?.sequenceNumber ?? 0;
            if (isEventfoldError(error, "DUPLICATE_EVENT_ID"))
              await restoreOf(beneath)({ newest: batch.newest, events: [], upTo });
            throw error;
          }
        },
      }),
  },
  {
    rule: 29,
    fault: "splits a batch that is too large",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        restore: async ({ newest, events, ...rest }) => {
          const half = Math.ceil(events.length / 2);
          if (events.length < 2_001) return restoreOf(beneath)({ newest, events, ...rest });
          await restoreOf(beneath)({ newest, events: events.slice(0, half) });
          return restoreOf(beneath)({ newest: events[half - 1], events: events.slice(half), ...rest });
        },
      }),
  },
  {
    rule: 29,
    fault: "wakes nobody when it has restored",
    wrap: (beneath) => {
      let isRestoring = false;
      return changedAdapter(beneath, {
        onChange: (listener) => beneath.onChange(() => isRestoring || listener()),
        restore: async (batch) => {
          isRestoring = true;
          await restoreOf(beneath)(batch).finally(() => (isRestoring = false));
        },
      });
    },
  },
  {
    rule: 29,
    fault: "restores when it is closed, as if that had stored something",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        restore: async (batch) => (beneath.isClosed ? undefined : restoreOf(beneath)(batch)),
      }),
  },
];

/** What is wrong with how these yield and restore the texts of a log: rules 28 and 29. */
export const brokenMoving: readonly BrokenAdapter[] = [...brokenTexts, ...brokenRestoring];
