import type { KeyStorage, KeyStorageAdapter } from "@eventfold/events";

/** An adapter that does as the one beneath, but for the calls of its storage that are changed. */
export function changedKeyAdapter(beneath: KeyStorageAdapter, changes: Partial<KeyStorage>): KeyStorageAdapter {
  const { storage, capabilities } = beneath;
  return {
    capabilities,
    isClosed: false,
    close: () => beneath.close(),
    [Symbol.asyncDispose]: () => beneath.close(),
    storage: {
      isClosed: false,
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
