import type { KeyStorage, KeyStorageAdapter } from "@eventfold/events";

/** What is changed about an adapter: members of its own, and of its storage. */
export type KeyAdapterChanges = Omit<Partial<KeyStorageAdapter & KeyStorage>, "storage" | "isClosed">;

/** An adapter that does as the one beneath, but for the members that are changed. */
export function changedKeyAdapter(beneath: KeyStorageAdapter, changes: KeyAdapterChanges): KeyStorageAdapter {
  const { storage } = beneath;
  return {
    capabilities: beneath.capabilities,
    get isClosed() {
      return beneath.isClosed;
    },
    close: () => beneath.close(),
    [Symbol.asyncDispose]: () => beneath[Symbol.asyncDispose](),
    ...changes,
    storage: {
      get isClosed() {
        return storage.isClosed;
      },
      current: (subjects) => storage.current(subjects),
      add: (additions) => storage.add(additions),
      find: (references) => storage.find(references),
      forget: (tombstones) => storage.forget(tombstones),
      listKeys: (listing) => storage.listKeys(listing),
      listTombstones: (listing) => storage.listTombstones(listing),
      replaceSecrets: (replacements) => storage.replaceSecrets(replacements),
      ...changes,
    },
  };
}
