import { MemoryProjectionStorageAdapter } from "@eventfold/adapter-memory";
import type { ProjectionStorageAdapter } from "@eventfold/projections";
import { projectionStorageAdapterSuite } from "@eventfold/testing";
import { describe, expect, it } from "vitest";
import { brokenProjectionAdapters } from "../src/broken-projection-adapters.ts";
import { changedProjectionAdapter } from "../src/changed-projection-adapter.ts";
import { hasCaught } from "../src/has-caught.ts";
import { type RecordedOutcome, RecordingRunner } from "../src/recording-runner.ts";

/** How the tests of a chapter go for an adapter, up to the first whose outcome is enough. */
function outcomesOf(
  wrap: (beneath: ProjectionStorageAdapter) => ProjectionStorageAdapter,
  chapter: string,
  isEnough: (outcome: RecordedOutcome) => boolean = () => false,
): Promise<RecordedOutcome[]> {
  const runner = new RecordingRunner();
  projectionStorageAdapterSuite(runner, {
    name: "changed",
    capabilities: { durable: false, sharedStorage: false },
    canShare: false,
    create: async () => ({
      open: async (settings) => wrap(await MemoryProjectionStorageAdapter.open(settings)),
      dispose: async () => {},
    }),
  });
  return runner.runUntil(isEnough, (title) => title.startsWith(`${chapter}:`));
}

describe("the projection storage suite", () => {
  it.each(brokenProjectionAdapters)("catches an adapter that breaks $chapter: it $fault", async ({ chapter, wrap }) => {
    const caught = (await outcomesOf(wrap, chapter, hasCaught)).filter(hasCaught);
    expect(caught.map(({ title }) => title)).not.toEqual([]);
    for (const { title, message } of caught) expect(message).toContain(`Broken — ${title}\n`);
  });

  it("lets an adapter pass that is wrapped and not broken", async () => {
    const chapters = [...new Set(brokenProjectionAdapters.map(({ chapter }) => chapter))];
    for (const chapter of chapters) {
      const outcomes = await outcomesOf((beneath) => changedProjectionAdapter(beneath, {}), chapter);
      expect(outcomes.filter(({ kind }) => kind === "failed")).toEqual([]);
      expect(outcomes.filter(({ kind }) => kind === "passed")).not.toEqual([]);
    }
  });
});
