import type { ProcessingSession } from "@eventfold/processing";
import { changedProcessingAdapter as changed } from "../changed-processing-adapter.ts";
import { type BrokenProcessingAdapter, withStoredTokens } from "./broken-processing-adapter.ts";

/** Removing subscriptions. */
export const brokenRemoval: readonly BrokenProcessingAdapter[] = [
  {
    rule: "P17",
    fault: "removes what a living session owns",
    wrap: (beneath) =>
      changed(beneath, {
        remove: async (removal) => {
          const outcome = await beneath.storage.remove(removal);
          const isOwned = (session: ProcessingSession) => !session.subscriptions.includes(removal.subscription);
          if (outcome.kind !== "busy" || !outcome.sessions.every(isOwned)) return outcome;
          const { subscriptions } = await beneath.storage.status({ names: undefined });
          const stored = subscriptions.find(({ id }) => id === removal.subscription);
          await beneath.storage.release(stored?.status ?? []);
          return beneath.storage.remove(removal);
        },
      }),
  },
  {
    rule: "P17",
    fault: "removes what a living session has handlers for",
    wrap: (beneath) =>
      changed(beneath, {
        beat: (request) =>
          beneath.storage.beat({ ...request, subscriptions: request.subscriptions.filter((id) => id !== 1) }),
      }),
  },
  {
    rule: "P17",
    fault: "names every living session as busy",
    wrap: (beneath) =>
      changed(beneath, {
        remove: async (removal) => {
          const outcome = await beneath.storage.remove(removal);
          const { sessions } = await beneath.storage.status({ names: [] });
          return outcome.kind === "busy" ? { ...outcome, sessions } : outcome;
        },
      }),
  },
  {
    rule: "P17",
    fault: "removes parked events without a word",
    wrap: (beneath) =>
      changed(beneath, { remove: (removal) => beneath.storage.remove({ ...removal, withParked: true }) }),
  },
  {
    rule: "P17",
    fault: "only says that it removes",
    wrap: (beneath) =>
      changed(beneath, {
        remove: async (removal) => {
          const outcome = await beneath.storage.remove({ ...removal, withParked: false });
          return outcome.kind === "parked" && removal.withParked ? { kind: "removed" } : outcome;
        },
      }),
  },
  {
    rule: "P17",
    fault: "gives the id of what was removed again",
    wrap: (beneath) => {
      const removed: number[] = [];
      return changed(beneath, {
        register: async (registrations) => {
          const stored = await beneath.storage.register(registrations);
          return stored.map((each) => ({ ...each, id: removed.at(-1) ?? each.id }));
        },
        remove: async (removal) => {
          const outcome = await beneath.storage.remove(removal);
          if (outcome.kind === "removed") removed.push(removal.subscription);
          return outcome;
        },
      });
    },
  },
  {
    rule: "P17",
    fault: "lets leases on what was removed write on",
    wrap: (beneath) =>
      changed(beneath, {
        saveCheckpoints: async (moves) => {
          const outcomes = await beneath.storage.saveCheckpoints(moves);
          const stored = await withStoredTokens(beneath, moves);
          return outcomes.map((outcome, n) => (stored[n]?.token === -1 ? { kind: "moved" } : outcome));
        },
      }),
  },
  {
    rule: "P17",
    fault: "removes all subscriptions",
    wrap: (beneath) =>
      changed(beneath, {
        remove: async (removal) => {
          const outcome = await beneath.storage.remove(removal);
          const { subscriptions } = await beneath.storage.status({ names: undefined });
          if (outcome.kind !== "removed") return outcome;
          for (const { id } of subscriptions) await beneath.storage.remove({ subscription: id, withParked: true });
          return outcome;
        },
      }),
  },
  {
    rule: "P17",
    fault: "does not know that it was removed already",
    wrap: (beneath) => {
      const removed = new Set<number>();
      return changed(beneath, {
        remove: async (removal) => {
          if (removed.has(removal.subscription)) throw new RangeError("There is no such subscription.");
          const outcome = await beneath.storage.remove(removal);
          if (outcome.kind === "removed") removed.add(removal.subscription);
          return outcome;
        },
      });
    },
  },
];
