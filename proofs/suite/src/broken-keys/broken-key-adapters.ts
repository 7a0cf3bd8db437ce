import { randomUUID } from "node:crypto";
import type { FoundKey, KeyStorageAdapter, StoredKey, SubjectState, Tombstone } from "@eventfold/events";
import type { KeyStorageRule } from "@eventfold/testing";
import { changedKeyAdapter as changed } from "../changed-key-adapter.ts";

/** An adapter of key storage that breaks a promise. */
export interface BrokenKeyAdapter {
  /** The rule that a test must cite to have caught it. */
  readonly rule: KeyStorageRule;
  /** What is wrong, as a sentence about the adapter. */
  readonly fault: string;
  /** Breaks an adapter that works. */
  readonly wrap: (beneath: KeyStorageAdapter) => KeyStorageAdapter;
}

const ALL = { after: undefined, limit: 10_000 };

/** The id of the current key beneath. */
async function currentIdOf({ storage }: KeyStorageAdapter, subject: string): Promise<string | undefined> {
  const [state] = await storage.current([subject]);
  return state?.kind === "keyed" ? state.key.id : undefined;
}

/** An adapter that shows all states in another way. */
function withStates(beneath: KeyStorageAdapter, shown: (state: SubjectState) => SubjectState): KeyStorageAdapter {
  return changed(beneath, {
    current: async (subjects) => (await beneath.storage.current(subjects)).map(shown),
    add: async (additions) => (await beneath.storage.add(additions)).map(shown),
  });
}

/** Adapters that break each rule, in as many ways as it has promises. */
export const brokenKeyAdapters: readonly BrokenKeyAdapter[] = [
  {
    rule: "K1",
    fault: "makes a key when it is asked for the current one",
    wrap: (beneath) =>
      changed(beneath, {
        current: (subjects) =>
          beneath.storage.add(
            subjects.map((subject) => ({
              key: { id: randomUUID(), subject, secret: "", encryptedWith: undefined },
              replaces: undefined,
            })),
          ),
      }),
  },
  {
    rule: "K1",
    fault: "lets each rival have its own first key",
    wrap: (beneath) =>
      changed(beneath, {
        add: async (additions) => {
          const current = await Promise.all(additions.map(({ key }) => currentIdOf(beneath, key.subject)));
          return beneath.storage.add(additions.map(({ key }, index) => ({ key, replaces: current[index] })));
        },
      }),
  },
  {
    rule: "K1",
    fault: "answers rivals with the keys that they gave",
    wrap: (beneath) =>
      changed(beneath, {
        add: async (additions) => {
          const states = await beneath.storage.add(additions);
          return states.map((state, index) => {
            const key = additions[index]?.key;
            return state.kind === "keyed" && key !== undefined ? { kind: "keyed", key } : state;
          });
        },
      }),
  },
  {
    rule: "K1",
    fault: "folds the case of subjects",
    wrap: (beneath) =>
      changed(beneath, {
        current: (subjects) => beneath.storage.current(subjects.map((subject) => subject.toLowerCase())),
        add: (additions) =>
          beneath.storage.add(
            additions.map((each) => ({ ...each, key: { ...each.key, subject: each.key.subject.toLowerCase() } })),
          ),
      }),
  },
  {
    rule: "K1",
    fault: "answers in the order of the subjects",
    wrap: (beneath) => changed(beneath, { current: (subjects) => beneath.storage.current(subjects.toSorted()) }),
  },
  {
    rule: "K1",
    fault: "cuts long secrets",
    wrap: (beneath) =>
      withStates(beneath, (state) =>
        state.kind === "keyed"
          ? { kind: "keyed", key: { ...state.key, secret: state.key.secret.slice(0, 255) } }
          : state,
      ),
  },
  {
    rule: "K2",
    fault: "deletes the key that is replaced",
    wrap: (beneath) => {
      const deleted = new Set<string | undefined>();
      return changed(beneath, {
        add: async (additions) => {
          const states = await beneath.storage.add(additions);
          for (const [index, { key, replaces }] of additions.entries()) {
            const state = states[index];
            if (state?.kind === "keyed" && state.key.id === key.id) deleted.add(replaces);
          }
          return states;
        },
        find: async (references) => {
          const found = await beneath.storage.find(references);
          return found.map(
            (each, index): FoundKey => (deleted.has(references[index]?.id) ? { kind: "unknown" } : each),
          );
        },
      });
    },
  },
  {
    rule: "K2",
    fault: "rotates once for each rival",
    wrap: (beneath) =>
      changed(beneath, {
        add: async (additions) => {
          const current = await Promise.all(additions.map(({ key }) => currentIdOf(beneath, key.subject)));
          return beneath.storage.add(
            additions.map(({ key, replaces }, index) => ({ key, replaces: replaces && current[index] })),
          );
        },
      }),
  },
  {
    rule: "K2",
    fault: "stores the key of a rotation for a subject that has none",
    wrap: (beneath) =>
      changed(beneath, {
        add: async (additions) => {
          const current = await Promise.all(additions.map(({ key }) => currentIdOf(beneath, key.subject)));
          return beneath.storage.add(
            additions.map((each, index) => (current[index] === undefined ? { ...each, replaces: undefined } : each)),
          );
        },
      }),
  },
  {
    rule: "K3",
    fault: "finds keys whatever the subject",
    wrap: (beneath) =>
      changed(beneath, {
        find: async (references) => {
          const keys = await beneath.storage.listKeys(ALL);
          const found = await beneath.storage.find(references);
          return references.map(({ id }, index): FoundKey => {
            const key = keys.find((each) => each.id === id);
            return key === undefined ? (found[index] as FoundKey) : { kind: "key", key };
          });
        },
      }),
  },
  {
    rule: "K3",
    fault: "leaves out of the answer what it does not find",
    wrap: (beneath) =>
      changed(beneath, {
        find: async (references) => (await beneath.storage.find(references)).filter(({ kind }) => kind !== "unknown"),
      }),
  },
  {
    rule: "K3",
    fault: "does not know a forgotten subject by a key that it never had",
    wrap: (beneath) => {
      const seen = new Set<string>();
      return changed(beneath, {
        add: (additions) => {
          for (const { key } of additions) seen.add(key.id);
          return beneath.storage.add(additions);
        },
        find: async (references) => {
          const found = await beneath.storage.find(references);
          return found.map(
            (each, index): FoundKey =>
              each.kind === "forgotten" && !seen.has(references[index]?.id ?? "") ? { kind: "unknown" } : each,
          );
        },
      });
    },
  },
  {
    rule: "K4",
    fault: "deletes only the current key",
    wrap: (beneath) => {
      const former: StoredKey[] = [];
      return changed(beneath, {
        forget: async (tombstones) => {
          const subjects = new Set(tombstones.map(({ subject }) => subject));
          const current = new Set(await Promise.all([...subjects].map((subject) => currentIdOf(beneath, subject))));
          const keys = await beneath.storage.listKeys(ALL);
          former.push(...keys.filter(({ id, subject }) => subjects.has(subject) && !current.has(id)));
          return beneath.storage.forget(tombstones);
        },
        find: async (references) => {
          const found = await beneath.storage.find(references);
          return references.map(({ id }, index): FoundKey => {
            const key = former.find((each) => each.id === id);
            return key === undefined ? (found[index] as FoundKey) : { kind: "key", key };
          });
        },
      });
    },
  },
  {
    rule: "K4",
    fault: "leaves no tombstone for a subject without a key",
    wrap: (beneath) =>
      changed(beneath, {
        forget: async (tombstones) => {
          const ids = await Promise.all(tombstones.map(({ subject }) => currentIdOf(beneath, subject)));
          await beneath.storage.forget(tombstones.filter((_, index) => ids[index] !== undefined));
          return tombstones;
        },
      }),
  },
  {
    rule: "K4",
    fault: "makes a new key for a subject that was forgotten",
    wrap: (beneath) => {
      const again = new Map<string, StoredKey>();
      return changed(beneath, {
        add: async (additions) => {
          const states = await beneath.storage.add(additions);
          return states.map((state, index): SubjectState => {
            const key = additions[index]?.key;
            if (state.kind !== "forgotten" || key === undefined) return state;
            again.set(key.id, key);
            return { kind: "keyed", key };
          });
        },
        listKeys: async (listing) => [...(await beneath.storage.listKeys(listing)), ...again.values()],
      });
    },
  },
  {
    rule: "K4",
    fault: "replaces the first tombstone",
    wrap: (beneath) => {
      const latest = new Map<string, Tombstone>();
      return changed(beneath, {
        forget: async (tombstones) => {
          for (const tombstone of tombstones) latest.set(tombstone.subject, tombstone);
          await beneath.storage.forget(tombstones);
          return tombstones;
        },
        listTombstones: async (listing) =>
          (await beneath.storage.listTombstones(listing)).map((each) => latest.get(each.subject) ?? each),
      });
    },
  },
  {
    rule: "K4",
    fault: "keeps the key that is added while its subject is forgotten",
    wrap: (beneath) => {
      const kept: StoredKey[] = [];
      const pending = new Set<StoredKey>();
      return changed(beneath, {
        add: async (additions) => {
          for (const { key } of additions) pending.add(key);
          try {
            return await beneath.storage.add(additions);
          } finally {
            for (const { key } of additions) pending.delete(key);
          }
        },
        forget: (tombstones) => {
          const subjects = new Set(tombstones.map(({ subject }) => subject));
          kept.push(...[...pending].filter(({ subject }) => subjects.has(subject)).slice(0, 1));
          return beneath.storage.forget(tombstones);
        },
        listKeys: async (listing) => [...(await beneath.storage.listKeys(listing)), ...kept],
      });
    },
  },
  {
    rule: "K5",
    fault: "replaces secrets blindly",
    wrap: (beneath) =>
      changed(beneath, {
        replaceSecrets: async (replacements) => {
          const keys = new Map((await beneath.storage.listKeys(ALL)).map((key) => [key.id, key]));
          await beneath.storage.replaceSecrets(
            replacements.map((each) => ({ ...each, was: keys.get(each.id)?.secret ?? each.was })),
          );
        },
      }),
  },
  {
    rule: "K5",
    fault: "does not note the key-encryption key",
    wrap: (beneath) =>
      changed(beneath, {
        replaceSecrets: (replacements) =>
          beneath.storage.replaceSecrets(replacements.map((each) => ({ ...each, encryptedWith: undefined }))),
      }),
  },
  {
    rule: "K5",
    fault: "stops at the first one that it cannot replace",
    wrap: (beneath) =>
      changed(beneath, {
        replaceSecrets: async (replacements) => {
          const keys = new Set((await beneath.storage.listKeys(ALL)).map(({ id }) => id));
          const end = replacements.findIndex(({ id }) => !keys.has(id));
          await beneath.storage.replaceSecrets(end === -1 ? replacements : replacements.slice(0, end));
        },
      }),
  },
  {
    rule: "K5",
    fault: "brings forgotten keys back",
    wrap: (beneath) => {
      const back = new Map<string, StoredKey>();
      return changed(beneath, {
        replaceSecrets: async (replacements) => {
          const ids = new Set((await beneath.storage.listKeys(ALL)).map(({ id }) => id));
          for (const { was: _, ...key } of replacements) if (!ids.has(key.id)) back.set(key.id, key);
          await beneath.storage.replaceSecrets(replacements);
        },
        listKeys: async (listing) => [...(await beneath.storage.listKeys(listing)), ...back.values()],
      });
    },
  },
  {
    rule: "K6",
    fault: "repeats the last key of a page on the next one",
    wrap: (beneath) => {
      let last: string | undefined;
      return changed(beneath, {
        listKeys: async (listing) => {
          const page = await beneath.storage.listKeys({ ...listing, after: listing.after && last });
          last = page.at(-2)?.id;
          return page;
        },
      });
    },
  },
  {
    rule: "K6",
    fault: "lists tombstones in the order of UTF-16",
    wrap: (beneath) =>
      changed(beneath, {
        listTombstones: async ({ after, limit }) => {
          const sorted = [...(await beneath.storage.listTombstones(ALL))].sort((a, b) =>
            a.subject < b.subject ? -1 : 1,
          );
          return sorted.filter(({ subject }) => after === undefined || subject > after).slice(0, limit);
        },
      }),
  },
  {
    rule: "K7",
    fault: "takes a repeated addition for a rival's",
    wrap: (beneath) =>
      changed(beneath, {
        add: async (additions) => {
          const ids = await Promise.all(additions.map(({ key }) => currentIdOf(beneath, key.subject)));
          const states = await beneath.storage.add(additions);
          return states.map(
            (state, index): SubjectState =>
              state.kind === "keyed" && ids[index] === additions[index]?.key.id ? { kind: "keyless" } : state,
          );
        },
      }),
  },
  {
    rule: "K8",
    fault: "still answers after it was closed",
    wrap: (beneath) =>
      changed(beneath, {
        find: async (references) => (beneath.isClosed ? [] : beneath.storage.find(references)),
      }),
  },
];
