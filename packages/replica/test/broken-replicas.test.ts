import { join } from "node:path";
import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { Replica } from "@eventfold/replica";
import type { StoredEvent } from "@eventfold/store";
import { type EventStorageRule, eventStorageAdapterSuite } from "@eventfold/testing";
import { describe, expect, it } from "vitest";
import { type FollowingAdapter, followedByReplica } from "./followed-by-replica.ts";
import { freshFolder } from "./fresh-folder.ts";

/** A replica that is wrong in one way. */
interface BrokenReplica {
  readonly fault: string;
  readonly rule: EventStorageRule;
  readonly wrap: (replica: Replica) => FollowingAdapter;
}

const brokenReplicas: readonly BrokenReplica[] = [
  {
    fault: "counts sequence numbers anew",
    rule: 11,
    wrap: (replica) => reading(replica, (event) => ({ ...event, sequenceNumber: event.sequenceNumber + 1 })),
  },
  {
    fault: "says that it has what it has not yet copied",
    rule: 11,
    wrap: (replica) => changed(replica, { upTo: async () => {} }),
  },
  {
    fault: "skips an event and shows newer ones",
    rule: 13,
    wrap: (replica) => reading(replica, (event) => (event.sequenceNumber % 5 === 0 ? undefined : event)),
  },
  {
    fault: "takes the time of copying for the time of the event",
    rule: 10,
    wrap: (replica) => reading(replica, (event) => ({ ...event, observedAt: new Date() })),
  },
];

describe("the event storage suite", () => {
  it.each(brokenReplicas)("catches a replica that $fault", async ({ rule, wrap }) => {
    const tests: { readonly title: string; readonly body: () => Promise<void> }[] = [];
    const runner = {
      describe: (_: string, body: () => void) => body(),
      it: Object.assign((title: string, body: () => Promise<void>) => tests.push({ title, body }), { skip: () => {} }),
    };
    eventStorageAdapterSuite(runner, {
      name: "broken",
      capabilities: { durable: false, sharedStorage: false, freshReads: false },
      lacks: ["restore"],
      rules: [rule],
      create: async () => {
        const folder = await freshFolder();
        return {
          open: async (settings) => {
            const log = await MemoryEventStorageAdapter.open(settings);
            const replica = await Replica.open({ of: log, filename: join(folder.path, `${crypto.randomUUID()}.db`) });
            return followedByReplica(log, wrap(replica));
          },
          dispose: folder.dispose,
        };
      },
    });
    const failed: string[] = [];
    for (const { title, body } of tests.filter((each) => each.title.startsWith(`rule ${rule}:`))) {
      await body().catch(() => failed.push(title));
      if (failed.length > 0) break;
    }
    expect(failed).toHaveLength(1);
  });
});

/** A replica but for some members. */
function changed(replica: Replica, changes: Partial<FollowingAdapter>): FollowingAdapter {
  return new Proxy<FollowingAdapter>(replica, {
    get: (target, member) => {
      const found: unknown = Reflect.get(member in changes ? changes : target, member, target);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
}

/** A replica whose scans show other events. */
function reading(replica: Replica, shown: (event: StoredEvent) => StoredEvent | undefined): FollowingAdapter {
  const { storage } = replica;
  const scan: typeof storage.scan = async function* (source, options) {
    for await (const page of storage.scan(source, options)) {
      const events = page.map(shown).filter((event) => event !== undefined);
      if (events.length > 0) yield events;
    }
  };
  const other = new Proxy(storage, {
    get: (target, member) => {
      const found: unknown = member === "scan" ? scan : Reflect.get(target, member, target);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
  return changed(replica, { storage: other });
}
