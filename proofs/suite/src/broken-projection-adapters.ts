import type { ProjectionStorageAdapter, ProjectionWrite, StoredProjection } from "@eventfold/projections";
import { suiteFunctions } from "@eventfold/testing";
import type { JsonValue } from "@eventfold/types";
import { changedProjectionAdapter as changed, projectionTransactionOf } from "./changed-projection-adapter.ts";

/** An adapter of projections that breaks a promise. */
export interface BrokenProjectionAdapter {
  /** The chapter that a test must cite to have caught it. */
  readonly chapter: string;
  /** What is wrong, as a sentence about the adapter. */
  readonly fault: string;
  /** Breaks an adapter that works. */
  readonly wrap: (beneath: ProjectionStorageAdapter) => ProjectionStorageAdapter;
}

const ONE = { name: undefined, projectorVersion: undefined };

/** Puts the number that the tests look at back to what it was before. */
async function keepingNumbers<T>(beneath: ProjectionStorageAdapter, work: () => Promise<T>): Promise<T> {
  const key = { name: "spend", projectorVersion: 1, source: { kind: "category", category: "payments" } } as const;
  const number = async (): Promise<number> => (await beneath.storage.startingPoint({ ...key, ids: [] })).completeUpTo;
  const upTo = await number();
  const result = await work();
  await beneath.storage.save({ writes: [], completeness: { ...key, seen: await number(), upTo } });
  return result;
}

/** Gives functions other arguments than they were called with; `undefined` makes them yield nothing. */
function changingArguments(
  beneath: ProjectionStorageAdapter,
  change: (values: readonly unknown[]) => readonly unknown[] | undefined,
): ProjectionStorageAdapter {
  const changedFunctions = [...beneath.functions].map(([name, definition]) => {
    const evaluate = (...values: never[]) => {
      const given = change(values);
      return given === undefined ? null : definition.evaluate(...(given as never));
    };
    return [name, { ...definition, evaluate }] as const;
  });
  const functions = new Map(changedFunctions);
  return changed(beneath, {
    functions,
    search: ({ plan, ...scope }) => beneath.storage.search({ ...scope, plan: { ...plan, functions } }),
    lookup: ({ plan, ...scope }) => beneath.storage.lookup({ ...scope, plan: { ...plan, functions } }),
    count: ({ plan, ...scope }) => beneath.storage.count({ ...scope, plan: { ...plan, functions } }),
  });
}

/** A write as if nothing had been removed. */
function shown({ projection, unchangedSince }: ProjectionWrite): ProjectionWrite {
  return { projection: { ...projection, isRemoved: false }, unchangedSince };
}

/** One for each promise that is easily broken. */
export const brokenProjectionAdapters: readonly BrokenProjectionAdapter[] = [
  {
    chapter: "saving",
    fault: "takes no notice of what was seen",
    wrap: (beneath) =>
      changed(beneath, {
        save: ({ writes }) =>
          beneath.storage.save({ writes: writes.map((write) => ({ ...write, unchangedSince: undefined })) }),
      }),
  },
  {
    chapter: "saving",
    fault: "judges what was seen apart from the write",
    wrap: (beneath) =>
      changed(beneath, {
        save: async (request) => {
          const [write] = request.writes;
          const stored = write && (await beneath.storage.load(write.projection));
          await new Promise(setImmediate);
          const seen = write?.unchangedSince;
          if (seen?.kind !== "present" || seen.lastSequenceNumber !== stored?.lastSequenceNumber)
            return beneath.storage.save(request);
          return beneath.storage.save({
            writes: request.writes.map((each) => ({ ...each, unchangedSince: undefined })),
          });
        },
      }),
  },
  {
    chapter: "saving",
    fault: "saves one after another, and keeps what came before a conflict",
    wrap: (beneath) =>
      changed(beneath, {
        save: async ({ writes }) => {
          for (const [write, each] of writes.entries()) {
            const result = await beneath.storage.save({ writes: [each] });
            if (result.kind === "conflict")
              return { kind: "conflict", conflicts: result.conflicts.map((conflict) => ({ ...conflict, write })) };
          }
          return { kind: "saved" };
        },
      }),
  },
  {
    chapter: "saving",
    fault: "gives members back in the order of jsonb",
    wrap: (beneath) =>
      changed(beneath, {
        load: async (key) => {
          const loaded = await beneath.storage.load(key);
          return loaded && { ...loaded, state: inOrderOfJsonb(loaded.state) };
        },
      }),
  },
  {
    chapter: "saving",
    fault: "loses the last digits of numbers",
    wrap: (beneath) =>
      changed(beneath, {
        save: ({ writes }) =>
          beneath.storage.save({
            writes: writes.map((write) => ({
              ...write,
              projection: { ...write.projection, state: write.projection.state.replace(/(\.\d{10})\d+/g, "$1") },
            })),
          }),
      }),
  },
  {
    chapter: "loading",
    fault: "locates by the category alone",
    wrap: (beneath) =>
      changed(beneath, {
        locate: async (key) => {
          const exact = await beneath.storage.locate(key);
          if (exact.length > 0 || key.source.kind !== "stream") return exact;
          return beneath.storage.locate({ ...key, source: { kind: "category", category: key.source.category } });
        },
        load: (key) => beneath.storage.load(key.id === "acc-2" ? { ...key, id: "acc-1" } : key),
      }),
  },
  {
    chapter: "loading",
    fault: "loads no more than a thousand at once",
    wrap: (beneath) =>
      changed(beneath, {
        loadMany: (keys) => beneath.storage.loadMany({ ...keys, ids: keys.ids.slice(0, 1_000) }),
      }),
  },
  {
    chapter: "loading",
    fault: "loads many one after another",
    wrap: (beneath) =>
      changed(beneath, {
        loadMany: async ({ ids, ...scope }) => {
          const found: StoredProjection[] = [];
          for (const id of ids) {
            const projection = await beneath.storage.load({ ...scope, id });
            if (projection !== undefined) found.push(projection);
            await new Promise(setImmediate);
          }
          return found;
        },
      }),
  },
  {
    chapter: "loading",
    fault: "loads many of whatever version",
    wrap: (beneath) =>
      changed(beneath, {
        loadMany: async ({ name, ids }) => {
          const versions = await Promise.all(
            [1, 2].map((projectorVersion) => beneath.storage.loadMany({ name, projectorVersion, ids })),
          );
          return versions.flat();
        },
      }),
  },
  {
    chapter: "queries",
    fault: "leaves out the last row that a plan asks for",
    wrap: (beneath) =>
      changed(beneath, {
        search: async (request) => (await beneath.storage.search(request)).slice(0, request.plan.pageSize),
      }),
  },
  {
    chapter: "queries",
    fault: "searches what is active, whichever version is asked for",
    wrap: (beneath) =>
      changed(beneath, {
        search: (request) => beneath.storage.search({ ...request, projectorVersion: undefined }),
      }),
  },
  {
    chapter: "queries",
    fault: "orders strings by UTF-16 unit",
    wrap: (beneath) =>
      changed(beneath, {
        search: async (request) => {
          const rows = await beneath.storage.search(request);
          return request.plan.order.length > 2 ? rows : rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
        },
      }),
  },
  {
    chapter: "queries",
    fault: "counts those that are not wanted",
    wrap: (beneath) =>
      changed(beneath, {
        count: async ({ plan, ...scope }) =>
          beneath.storage.count({ ...scope, plan: { ...plan, filter: { kind: "constant", holds: true } } }),
      }),
  },
  {
    chapter: "queries",
    fault: "computes functions only where their paths find something",
    wrap: (beneath) => changingArguments(beneath, (values) => (values.includes(null) ? undefined : values)),
  },
  {
    chapter: "queries",
    fault: "folds capitals as a Turkish locale does",
    wrap: (beneath) =>
      changingArguments(beneath, ([value, ...others]) => [
        typeof value === "string" ? value.toLocaleLowerCase("tr") : value,
        ...others,
      ]),
  },
  {
    chapter: "queries",
    fault: "finds a text at the beginning alone",
    wrap: (beneath) =>
      changed(beneath, {
        search: ({ plan, ...scope }) => {
          const { filter } = plan;
          if (filter.kind !== "test" || filter.test.kind !== "text") return beneath.storage.search({ plan, ...scope });
          const test = { kind: "prefix", prefix: filter.test.text } as const;
          return beneath.storage.search({ ...scope, plan: { ...plan, filter: { ...filter, test } } });
        },
      }),
  },
  {
    chapter: "queries",
    fault: "gives functions constants as texts",
    wrap: (beneath) =>
      changingArguments(beneath, ([value, ...others]) => [value, ...others.map((other) => other && String(other))]),
  },
  {
    chapter: "queries",
    fault: "knows a function that it was not opened with",
    wrap: (beneath) => {
      const { scaled } = suiteFunctions;
      return changed(beneath, { functions: new Map([...beneath.functions, [scaled.name, scaled]]) });
    },
  },
  {
    chapter: "versions",
    fault: "activates whatever was saved last",
    wrap: (beneath) =>
      changed(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          const last = request.writes.at(-1);
          if (last !== undefined) await beneath.storage.activate(last.projection);
          return result;
        },
      }),
  },
  {
    chapter: "versions",
    fault: "shows another version for a moment when it switches",
    wrap: (beneath) =>
      changed(beneath, {
        activate: async (request) => {
          const before = await beneath.storage.activate({ ...request, projectorVersion: 99 });
          await new Promise(setImmediate);
          await beneath.storage.activate(request);
          return before;
        },
      }),
  },
  {
    chapter: "removing",
    fault: "shows what was removed",
    wrap: (beneath) => changed(beneath, { load: (key) => beneath.storage.load({ ...key, includeRemoved: true }) }),
  },
  {
    chapter: "removing",
    fault: "finds what was removed in searches",
    wrap: (beneath) =>
      changed(beneath, { save: ({ writes, ...rest }) => beneath.storage.save({ ...rest, writes: writes.map(shown) }) }),
  },
  {
    chapter: "removing",
    fault: "forgets what was removed",
    wrap: (beneath) =>
      changed(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          for (const { projection } of request.writes)
            if (projection.isRemoved) await beneath.storage.delete(projection);
          return result;
        },
      }),
  },
  {
    chapter: "removing",
    fault: "keeps what was removed from those who ask for it",
    wrap: (beneath) =>
      changed(beneath, { loadMany: (keys) => beneath.storage.loadMany({ ...keys, includeRemoved: false }) }),
  },
  {
    chapter: "removing",
    fault: "lets a stale writer bring back what was removed",
    wrap: (beneath) =>
      changed(beneath, {
        save: async ({ writes, ...rest }) => {
          const judged = writes.map(async (write) => {
            const isAbsent = write.unchangedSince?.kind === "absent";
            if (!isAbsent || (await beneath.storage.load(write.projection)) !== undefined) return write;
            return { ...write, unchangedSince: undefined };
          });
          return beneath.storage.save({ ...rest, writes: await Promise.all(judged) });
        },
      }),
  },
  {
    chapter: "removing",
    fault: "lets nobody create anew what was removed",
    wrap: (beneath) =>
      changed(beneath, {
        save: async ({ writes, ...rest }) => {
          const judged = writes.map(async (write) => {
            const stored = await beneath.storage.load({ ...write.projection, includeRemoved: true });
            if (write.unchangedSince?.kind !== "absent" || stored === undefined) return write;
            return { ...write, unchangedSince: { kind: "present", lastSequenceNumber: 0 } as const };
          });
          return beneath.storage.save({ ...rest, writes: await Promise.all(judged) });
        },
      }),
  },
  {
    chapter: "saving",
    fault: "loses the position of the last event",
    wrap: (beneath) =>
      changed(beneath, {
        save: ({ writes, ...rest }) => {
          const without = writes.map((write) => ({
            ...write,
            projection: { ...write.projection, lastPosition: undefined },
          }));
          return beneath.storage.save({ ...rest, writes: without });
        },
      }),
  },
  {
    chapter: "deleting",
    fault: "deletes in the active version alone",
    wrap: (beneath) =>
      changed(beneath, {
        delete: async (request) =>
          beneath.storage.delete({
            ...request,
            projectorVersion: request.projectorVersion ?? (await beneath.storage.activeVersion(request.name)),
          }),
      }),
  },
  {
    chapter: "deleting",
    fault: "remembers the active version of what was cleared",
    wrap: (beneath) =>
      changed(beneath, {
        clear: async (request) => {
          const active = await beneath.storage.activeVersion(request.name);
          const count = await beneath.storage.clear(request);
          if (active !== undefined) await beneath.storage.activate({ name: request.name, projectorVersion: active });
          return count;
        },
      }),
  },
  {
    chapter: "completeness",
    fault: "takes no notice of the number that was seen",
    wrap: (beneath) =>
      changed(beneath, {
        save: async ({ writes, completeness }) => {
          if (completeness === undefined) return beneath.storage.save({ writes });
          const { completeUpTo: seen } = await beneath.storage.startingPoint({ ...completeness, ids: [] });
          return beneath.storage.save({ writes, completeness: { ...completeness, seen } });
        },
      }),
  },
  {
    chapter: "completeness",
    fault: "stores the number apart from the projections",
    wrap: (beneath) =>
      changed(beneath, {
        save: async ({ writes, completeness }) => {
          const saved = writes.length === 0 ? { kind: "saved" as const } : await beneath.storage.save({ writes });
          if (saved.kind !== "saved" || completeness === undefined) return saved;
          return beneath.storage.save({ writes: [], completeness });
        },
      }),
  },
  {
    chapter: "completeness",
    fault: "counts projections as complete although they were saved past it",
    wrap: (beneath) =>
      changed(beneath, {
        save: (request) =>
          request.completeness === undefined
            ? keepingNumbers(beneath, () => beneath.storage.save(request))
            : beneath.storage.save(request),
      }),
  },
  {
    chapter: "completeness",
    fault: "counts projections as complete although one was deleted",
    wrap: (beneath) =>
      changed(beneath, { delete: (request) => keepingNumbers(beneath, () => beneath.storage.delete(request)) }),
  },
  {
    chapter: "completeness",
    fault: "has one number for all sources",
    wrap: (beneath) => {
      const source = { kind: "log" } as const;
      return changed(beneath, {
        startingPoint: (request) => beneath.storage.startingPoint({ ...request, source }),
        save: ({ writes, completeness }) =>
          beneath.storage.save({ writes, completeness: completeness && { ...completeness, source } }),
      });
    },
  },
  {
    chapter: "completeness",
    fault: "reads no more than a thousand projections at once",
    wrap: (beneath) =>
      changed(beneath, {
        startingPoint: (request) => beneath.storage.startingPoint({ ...request, ids: request.ids.slice(0, 1_000) }),
      }),
  },
  {
    chapter: "transactions",
    fault: "writes past the transaction",
    wrap: (beneath) =>
      changed(beneath, {
        transaction: (work) => work(Object.freeze({})),
        within: () => beneath.storage,
      }),
  },
  {
    chapter: "transactions",
    fault: "commits although the callback rejected",
    wrap: (beneath) =>
      changed(beneath, {
        transaction: async (work) => {
          const outcome = await projectionTransactionOf(beneath)(async (tx) => {
            try {
              return { value: await work(tx) };
            } catch (error) {
              return { error };
            }
          });
          if ("error" in outcome) throw outcome.error;
          return outcome.value;
        },
      }),
  },
  {
    chapter: "life cycle",
    fault: "still counts after it was closed",
    wrap: (beneath) =>
      changed(beneath, {
        count: async (request) => (beneath.isClosed ? 0 : beneath.storage.count({ ...ONE, ...request })),
      }),
  },
  {
    chapter: "life cycle",
    fault: "says that it was closed from inside a transaction",
    wrap: (beneath) => changed(beneath, { close: () => beneath.close().catch(() => {}) }),
  },
];

/** Members by the length of their names, then by their bytes. */
function inOrderOfJsonb(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrderOfJsonb);
  const members = Object.entries(value).map(([name, member]) => ({ name, member, bytes: Buffer.from(name) }));
  members.sort((a, b) => a.bytes.length - b.bytes.length || Buffer.compare(a.bytes, b.bytes));
  return Object.fromEntries(members.map(({ name, member }) => [name, inOrderOfJsonb(member as JsonValue)]));
}
