import type { ProjectionStorage, ProjectionStore } from "@eventfold/projections";
import { planCount, planSearch } from "@eventfold/query";
import type { NamedCall } from "../../event-storage/rules/every-call.ts";
import { aProjection } from "./a-projection.ts";

/** Every call of a storage that must fail once it is closed. */
export function everyProjectionCall(storage: ProjectionStorage): readonly NamedCall[] {
  const scope = { name: "account", projectorVersion: undefined };
  const projection = { ...aProjection(), state: "{}", metadata: "null", lastPosition: 0, isRemoved: false };
  return [
    ["save", () => storage.save({ writes: [{ projection, unchangedSince: undefined }] })],
    [
      "startingPoint",
      () => storage.startingPoint({ name: "account", projectorVersion: 1, source: { kind: "log" }, ids: [] }),
    ],
    ["load", () => storage.load({ ...scope, id: "acc-1" })],
    ["loadMany", () => storage.loadMany({ ...scope, ids: ["acc-1"] })],
    ["locate", () => storage.locate({ ...scope, source: { kind: "log" } })],
    ["search", () => storage.search({ ...scope, plan: planSearch({}) })],
    ["lookup", () => storage.lookup({ ...scope, plan: planCount({}) })],
    ["count", () => storage.count({ ...scope, plan: planCount({}) })],
    ["delete", () => storage.delete({ ...scope, id: "acc-1" })],
    ["clear", () => storage.clear(scope)],
    ["activeVersion", () => storage.activeVersion("account")],
    ["activate", () => storage.activate({ name: "account", projectorVersion: 1 })],
  ];
}

/** Every call of a projection store that reaches the storage. */
export function everyProjectionStoreCall(store: ProjectionStore): readonly NamedCall[] {
  return [
    ["store.save", () => store.save(aProjection())],
    ["store.saveMany", () => store.saveMany([aProjection()])],
    ["store.load", () => store.load(aProjection())],
    ["store.loadMany", () => store.loadMany({ name: "account", ids: ["acc-1"] })],
    ["store.locate", () => store.locate(aProjection())],
    ["store.search", () => store.search()],
    ["store.all", () => store.all().next()],
    ["store.lookup", () => store.lookup({})],
    ["store.count", () => store.count()],
    ["store.delete", () => store.delete(aProjection())],
    ["store.clear", () => store.clear("account")],
    ["store.activeVersion", () => store.activeVersion("account")],
    ["store.activate", () => store.activate({ name: "account", projectorVersion: 1 })],
  ];
}
