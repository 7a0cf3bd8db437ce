import { MemoryKeyStorageAdapter } from "@eventfold/adapter-memory";
import {
  defineEvents,
  event,
  type Forgotten,
  forgetSubject,
  isForgotten,
  type KeyStorage,
  KeyStore,
  type Protected,
} from "@eventfold/events";
import {
  consumeAll,
  EventBroker,
  ProcessingControl,
  projectionSubscription,
  retry,
  subscription,
} from "@eventfold/processing";
import { defineProjector, inlineProjection, ProjectionStore } from "@eventfold/projections";
import { EventStore, StorageUnavailableError } from "@eventfold/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { DATABASES, type OpenedDatabase } from "../src/databases.ts";

const FORGOTTEN: Forgotten = { kind: "forgotten" };

/** A storage of keys that can be down. */
class Outage {
  isOn = false;
  #struck = Promise.withResolvers<void>();

  /** When a call was made in vain. */
  get struck(): Promise<void> {
    return this.#struck.promise;
  }

  over(storage: KeyStorage): KeyStorage {
    const call = <T>(work: () => Promise<T>): Promise<T> => {
      if (!this.isOn) return work();
      this.#struck.resolve();
      return Promise.reject(new StorageUnavailableError("The keys cannot be reached."));
    };
    return {
      isClosed: false,
      current: (subjects) => call(() => storage.current(subjects)),
      add: (additions) => call(() => storage.add(additions)),
      find: (references) => call(() => storage.find(references)),
      forget: (tombstones) => call(() => storage.forget(tombstones)),
      listKeys: (listing) => call(() => storage.listKeys(listing)),
      listTombstones: (listing) => call(() => storage.listTombstones(listing)),
      replaceSecrets: (replacements) => call(() => storage.replaceSecrets(replacements)),
    };
  }
}

describe.each(DATABASES)("what works on protected events on $name", ({ open }) => {
  let database: OpenedDatabase;
  let store: EventStore;
  let projectionStore: ProjectionStore;
  let names = 0;

  beforeAll(async () => {
    database = await open();
    store = new EventStore({ adapter: database.adapter });
    projectionStore = new ProjectionStore({ adapter: database.projections });
  });
  afterAll(() => database.close());

  async function guests() {
    const name = `guests-${++names}`;
    const outage = new Outage();
    const keys = await MemoryKeyStorageAdapter.open();
    const adapter = { ...keys, capabilities: keys.capabilities, storage: outage.over(keys.storage) } as never;
    const keyStore = new KeyStore({ adapter, cacheMs: 0 });
    const events = defineEvents({
      registered: event({
        schema: z.object({ guest: z.string(), name: z.string() }),
        protect: { subject: ({ guest }) => guest, fields: ["name"] },
      }),
    }).withKeys(keyStore);
    const projector = defineProjector({
      name,
      events,
      initialState: () => ({ names: [] as readonly Protected<string>[] }),
      handlers: { registered: (state, { payload }) => ({ names: [...state.names, payload.name] }) },
    });
    const category = store.category(name, { events });
    const register = (guest: string, text = guest.toUpperCase(), through = category) =>
      through.stream(`${name}-1`).publish({ events: [{ name: "registered", payload: { guest, name: text } }] });
    const projected = async () => (await projectionStore.of(projector).load({ id: `${name}-1` }))?.state.names;
    return { name, outage, keyStore, events, projector, category, register, projected };
  }

  it("gives a subscription the fields, and Forgotten once their subject was forgotten", async () => {
    const { name, keyStore, category, register } = await guests();
    const seen: Protected<string>[] = [];
    const welcome = subscription({
      name,
      source: category,
      handleEvent: ({ payload }) => void seen.push(payload.name),
    });
    await register("ada");
    await consumeAll(welcome, { storage: database.processing });
    await register("bob");
    await register("cleo");
    await keyStore.forget("bob");
    await consumeAll(welcome, { storage: database.processing });
    expect(seen).toEqual(["ADA", FORGOTTEN, "CLEO"]);
  });

  it("lets a broker wait for a key store that is down, and takes nothing for forgotten", async () => {
    const { name, outage, category, register } = await guests();
    const seen: Protected<string>[] = [];
    const welcome = subscription({
      name,
      source: category,
      onFailure: retry({ times: 0 }).then("skip"), // what is read in vain is no failure of an event
      handleEvent: ({ payload }) => void seen.push(payload.name),
    });
    const published = await register("ada");
    outage.isOn = true;
    const broker = new EventBroker({ name: `node-${name}`, storage: database.processing, subscriptions: [welcome] });
    await broker.start();
    await outage.struck;
    outage.isOn = false;
    await broker.whenHandled(welcome, published, { timeoutMs: 30_000 });
    await broker.stop();
    expect(seen).toEqual(["ADA"]);
  });

  it("parks an event that cannot be read without what is protected in it", async () => {
    const { name, keyStore, category, register } = await guests();
    await register("ada", "Ada Lovelace");
    const broken = defineEvents({
      registered: event({ schema: z.object({ guest: z.string(), name: z.string() }) })
        .from<{ guest: string; name: string }>()
        .upcast(({ name: text }) => JSON.parse(text)),
    }).withKeys(keyStore);
    const parking = subscription({
      name,
      source: store.category(category.identifier.category, { events: broken }),
      onFailure: retry({ times: 0 }).then("park"),
      handleEvent: () => expect.fail("it cannot be read"),
    });
    await consumeAll(parking, { storage: database.processing });
    const parked: unknown[] = [];
    for await (const each of new ProcessingControl({ storage: database.processing }).parked(name)) parked.push(each);
    expect(parked).toMatchObject([{ error: expect.stringContaining("SyntaxError, whose message is withheld") }]);
    expect(JSON.stringify(parked)).not.toContain("Ada");
  });

  it("projects inline, and projects again without what was forgotten", async () => {
    const { name, outage, keyStore, events, projector, projected, register } = await guests();
    const inline = [inlineProjection({ projector, store: projectionStore, category: name })];
    const category = new EventStore({ adapter: database.adapter, inline }).category(name, { events });
    await register("ada", "ADA", category);
    await register("bob", "BOB", category);
    expect(await projected()).toEqual(["ADA", "BOB"]);
    outage.isOn = true;
    await expect(register("cleo", "CLEO", category)).rejects.toMatchObject({ code: "KEY_STORE_UNAVAILABLE" });
    outage.isOn = false;
    expect(await category.read()).toHaveLength(2);
    const snapshots = [{ store: projectionStore, name, category: name }];
    expect(await forgetSubject("ada", { keyStore, store, snapshots })).toMatchObject({ deletedSnapshots: 1 });
    expect(await projected()).toBeUndefined();
    await register("cleo", "CLEO", category);
    expect(await projected()).toEqual([FORGOTTEN, "BOB", "CLEO"]);
    await expect(register("ada", "ADA", category)).rejects.toMatchObject({ code: "FORGOTTEN_SUBJECT" });
  });

  it("projects in the background, and in a new version without what was forgotten", async () => {
    const { name, keyStore, projector, projected, category, register } = await guests();
    const definition = { projector, source: category, projectionStore };
    await register("ada");
    await register("bob");
    await consumeAll(projectionSubscription(definition), { storage: database.processing });
    expect(await projected()).toEqual(["ADA", "BOB"]);
    const forgetting = forgetSubject("ada", {
      keyStore,
      store,
      projections: [{ name, categories: [name], rebuild: () => projectionStore.of(projector).clear() }],
    });
    expect(await forgetting).toMatchObject({ projections: [{ name, isRebuilt: true }] });
    const names = (await projector.project(category.stream(`${name}-1`))).state.names;
    expect(names.map((each) => (isForgotten(each) ? "someone" : each))).toEqual(["someone", "BOB"]);
  });
});
