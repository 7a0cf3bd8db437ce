import { type EventStore, taggedWith } from "@eventfold/store";
import type { EventStorage } from "@eventfold/store/adapter";
import { preparedEvent } from "../observe/prepared-event.ts";
import { someEvents } from "../observe/some-events.ts";
import { everything } from "../observe/storage-scan.ts";

/** A call and its name. */
export type NamedCall = readonly [string, () => Promise<unknown>];

const NAMES = { category: "c", stream: "s" };
const ALL = { after: undefined, limit: undefined };

/** Every call of a storage that must fail once it is closed; for an iteration, its first step. */
export function everyStorageCall(storage: EventStorage): readonly NamedCall[] {
  const scan = storage.scan({ kind: "log" }, everything());
  return [
    ["save", () => storage.save({ writes: [{ ...NAMES, events: [preparedEvent(1)], allowed: undefined }] })],
    ["latest", () => storage.latest({ kind: "log" })],
    ["horizon", () => storage.horizon({ kind: "log" })],
    ["boundary", () => storage.boundary([{ tags: ["a"] }])],
    ["eventById", () => storage.eventById("018f0000-0000-7000-8000-000000000000")],
    ["scan", () => scan[Symbol.asyncIterator]().next()],
    ["categories", () => storage.categories(ALL)[Symbol.asyncIterator]().next()],
    ["streams", () => storage.streams("c", ALL)[Symbol.asyncIterator]().next()],
  ];
}

/** Every iteration of a storage, with its name: scans of each kind of source in both directions, and listings. */
export function everyIteration(
  storage: EventStorage,
): readonly (readonly [string, AsyncIterator<readonly unknown[]>])[] {
  const scans = [{ kind: "log" }, { kind: "category", category: "c" }, { kind: "stream", ...NAMES }] as const;
  return [
    ...scans.flatMap((source) =>
      (["forwards", "backwards"] as const).map(
        (direction) =>
          [`scan of the ${source.kind}, ${direction}`, storage.scan(source, everything({ direction }))] as const,
      ),
    ),
    ["categories", storage.categories(ALL)] as const,
    ["streams", storage.streams("c", ALL)] as const,
  ].map(([name, pages]) => [name, pages[Symbol.asyncIterator]()]);
}

/** Every call of a store that reaches the storage; for an iteration, its first step. */
export function everyStoreCall(store: EventStore): readonly NamedCall[] {
  const stream = store.stream(NAMES);
  const category = store.category("c");
  const events = someEvents(1);
  return [
    ["stream.publish", () => stream.publish({ events })],
    ["category.publish", () => category.publish({ streams: [{ stream: "s", events }] })],
    ["store.publish", () => store.publish([{ ...NAMES, events }])],
    ["boundary", () => store.boundary(taggedWith("a"))],
    ["eventById", () => store.eventById("018f0000-0000-7000-8000-000000000000")],
    ["categories", () => store.categories().next()],
    ["streams", () => category.streams().next()],
    ...[stream, category, store.log()].flatMap((source): NamedCall[] => [
      [`${source.identifier.kind}.latest`, () => source.latest()],
      [`${source.identifier.kind}.read`, () => source.read()],
      [`${source.identifier.kind}.scan`, () => source.scan().next()],
      [`${source.identifier.kind} iterated`, () => source[Symbol.asyncIterator]().next()],
    ]),
  ];
}
