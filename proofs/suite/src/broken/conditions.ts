import { isAllowed, type StreamWrite, type UnmetWrite } from "@eventfold/store/adapter";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { changedAdapter } from "../changed-adapter.ts";

/** What is wrong with how these judge conditions: rules 3 and 4. */
export const brokenConditions: readonly BrokenAdapter[] = [
  {
    rule: 3,
    fault: "does not judge conditions",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: ({ writes }) =>
          beneath.storage.save({ writes: writes.map((write) => ({ ...write, allowed: undefined })) }),
      }),
  },
  {
    rule: 3,
    fault: "judges conditions before the write instead of inside it",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async ({ writes }) => {
          const unmet: UnmetWrite[] = [];
          for (const [index, { category, stream, allowed }] of writes.entries()) {
            const latest = await beneath.storage.latest({ kind: "stream", category, stream });
            if (!isAllowed(allowed, latest?.position)) unmet.push({ write: index, latestPosition: latest?.position });
          }
          if (unmet.length > 0) return { kind: "unmet", unmet };
          await new Promise(setImmediate);
          return beneath.storage.save({ writes: writes.map((write) => ({ ...write, allowed: undefined })) });
        },
      }),
  },
  {
    rule: 3,
    fault: "takes the complement of positions for the positions",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: ({ writes }) =>
          beneath.storage.save({
            writes: writes.map((write) => ({
              ...write,
              allowed: write.allowed && { ...write.allowed, complement: false },
            })),
          }),
      }),
  },
  {
    rule: 3,
    fault: "heeds only the first allowed position",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: ({ writes }) =>
          beneath.storage.save({
            writes: writes.map((write) => ({
              ...write,
              allowed: write.allowed && { ...write.allowed, positions: write.allowed.positions.slice(0, 1) },
            })),
          }),
      }),
  },
  {
    rule: 3,
    fault: "refuses all publishes of a turn when one of them asks for a position that no stream has",
    wrap: (beneath) => {
      let turn: StreamWrite[] = [];
      return changedAdapter(beneath, {
        save: async (request) => {
          turn.push(...request.writes);
          const ofThisTurn = turn;
          await Promise.resolve();
          turn = [];
          const isImpossible = ({ allowed }: StreamWrite) =>
            allowed?.complement === false && allowed.positions.length === 0;
          if (ofThisTurn.some(isImpossible)) throw new RangeError("A position is out of range.");
          return beneath.storage.save(request);
        },
      });
    },
  },
  {
    rule: 2,
    fault: "judges the condition of the first entry only",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: ({ writes }) =>
          beneath.storage.save({
            writes: writes.map((write, index) => (index === 0 ? write : { ...write, allowed: undefined })),
          }),
      }),
  },
  {
    rule: 4,
    fault: "tells a latest position that is one too high",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          if (result.kind !== "unmet") return result;
          return {
            ...result,
            unmet: result.unmet.map(({ write, latestPosition }) => ({
              write,
              latestPosition: (latestPosition ?? -1) + 1,
            })),
          };
        },
      }),
  },
  {
    rule: 4,
    fault: "stores the events although the condition is unmet",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async (request) => {
          const result = await beneath.storage.save(request);
          if (result.kind === "unmet")
            await beneath.storage.save({ writes: request.writes.map((write) => ({ ...write, allowed: undefined })) });
          return result;
        },
      }),
  },
];
