import type { PartitionStatus, SubscriptionStatus } from "@eventfold/processing";
import { changedProcessingAdapter as changed } from "../changed-processing-adapter.ts";
import { type BrokenProcessingAdapter, storedPartition, withStoredTokens } from "./broken-processing-adapter.ts";

/** The name of a node, without the session that was put behind it. */
function nameAlone<T extends { readonly name: string }>(session: T): T {
  return { ...session, name: session.name.slice(0, session.name.lastIndexOf("#")) };
}

/** Registering, sessions, beats, eviction, claims and releases. */
export const brokenSessionsAndClaims: readonly BrokenProcessingAdapter[] = [
  {
    rule: "P1",
    fault: "puts the checkpoints of what is registered back to where it would start",
    wrap: (beneath) =>
      changed(beneath, {
        register: async (registrations) => {
          const known = await beneath.storage.status({ names: registrations.map(({ name }) => name) });
          for (const { name, status } of known.subscriptions) {
            const checkpoint = registrations.find((each) => each.name === name)?.startAt;
            if (checkpoint === undefined) continue;
            const moves = status.map((row) => ({ ...row, was: row.checkpoint.sequenceNumber, checkpoint }));
            await beneath.storage.saveCheckpoints(moves);
          }
          return beneath.storage.register(registrations);
        },
      }),
  },
  {
    rule: "P1",
    fault: "answers with what was to be registered",
    wrap: (beneath) =>
      changed(beneath, {
        register: async (registrations) => {
          const stored = await beneath.storage.register(registrations);
          return stored.map((each, n) => {
            const { startAt: _, ...given } = registrations[n] ?? { startAt: undefined };
            return { ...each, ...given };
          });
        },
      }),
  },
  {
    rule: "P2",
    fault: "lets two sessions of one name live",
    wrap: (beneath) =>
      changed(beneath, {
        beginSession: ({ name, ...rest }) => beneath.storage.beginSession({ ...rest, name: `${name}#${rest.id}` }),
        beat: async (request) => {
          const outcome = await beneath.storage.beat(request);
          return outcome.kind === "beaten" ? { ...outcome, sessions: outcome.sessions.map(nameAlone) } : outcome;
        },
        status: async (request) => {
          const status = await beneath.storage.status(request);
          return { ...status, sessions: status.sessions.map(nameAlone) };
        },
      }),
  },
  {
    rule: "P2",
    fault: "leaves the partitions of a session that is ended to it",
    wrap: (beneath) => changed(beneath, { endSession: async () => {} }),
  },
  {
    rule: "P3",
    fault: "brings a session back to life by a beat",
    wrap: (beneath) =>
      changed(beneath, {
        beat: async (request) => {
          await beneath.storage.beginSession({ id: request.session, name: request.name, leaseMs: 1 });
          return beneath.storage.beat(request);
        },
      }),
  },
  {
    rule: "P3",
    fault: "forgets who has handlers for what",
    wrap: (beneath) =>
      changed(beneath, {
        beat: async (request) => {
          const outcome = await beneath.storage.beat(request);
          if (outcome.kind === "ended") return outcome;
          return { ...outcome, sessions: outcome.sessions.map((session) => ({ ...session, subscriptions: [] })) };
        },
      }),
  },
  {
    rule: "P4",
    fault: "evicts whoever is named, whatever its counter says",
    wrap: (beneath) =>
      changed(beneath, {
        evict: async (stalled) => {
          const { sessions } = await beneath.storage.status({ names: [] });
          return beneath.storage.evict(sessions.filter(({ id }) => stalled.some((each) => each.id === id)));
        },
      }),
  },
  {
    rule: "P5",
    fault: "claims whatever is free, with whatever token it was seen",
    wrap: (beneath) =>
      changed(beneath, {
        claim: async ({ session, partitions }) =>
          beneath.storage.claim({ session, partitions: await withStoredTokens(beneath, partitions) }),
      }),
  },
  {
    rule: "P5",
    fault: "takes partitions away from those who live",
    wrap: (beneath) =>
      changed(beneath, {
        claim: async (request) => {
          await beneath.storage.release(request.partitions);
          return beneath.storage.claim(request);
        },
      }),
  },
  {
    rule: "P5",
    fault: "gives partitions to a session that is not living",
    wrap: (beneath) =>
      changed(beneath, {
        claim: async (request) => {
          const claimed = await beneath.storage.claim(request);
          if (claimed.length > 0) return claimed;
          return request.partitions.map((lease) => {
            const checkpoint = { sequenceNumber: 0, eventId: undefined };
            return { ...lease, token: lease.token + 1, checkpoint, isPaused: false, error: undefined, requests: [] };
          });
        },
      }),
  },
  {
    rule: "P6",
    fault: "frees partitions that somebody else has by now",
    wrap: (beneath) =>
      changed(beneath, {
        release: async (leases) => beneath.storage.release(await withStoredTokens(beneath, leases)),
      }),
  },
  {
    rule: "P13",
    fault: "reads each partition by itself",
    wrap: (beneath) =>
      changed(beneath, {
        status: async (request) => {
          const status = await beneath.storage.status(request);
          const subscriptions: SubscriptionStatus[] = [];
          for (const subscription of status.subscriptions) {
            const rows: PartitionStatus[] = [];
            for (const row of subscription.status) {
              await new Promise(setImmediate);
              rows.push((await storedPartition(beneath, row)) ?? row);
            }
            subscriptions.push({ ...subscription, status: rows });
          }
          return { ...status, subscriptions };
        },
      }),
  },
  {
    rule: "P14",
    fault: "does not know a claim again",
    wrap: (beneath) =>
      changed(beneath, {
        claim: async (request) => {
          const stored = await Promise.all(request.partitions.map((lease) => storedPartition(beneath, lease)));
          const partitions = request.partitions.filter((_, n) => stored[n]?.owner !== request.session);
          return beneath.storage.claim({ ...request, partitions });
        },
      }),
  },
];
