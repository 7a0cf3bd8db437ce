import assert from "node:assert/strict";
import { inlineProjection, ProjectionStore, projectorFor } from "@eventfold/projections";
import { EventStore } from "@eventfold/store";
import { rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { type ProjectionRuleTest, projectionTest, projectionTestNeeding } from "../projection-rule-test.ts";

interface NameEvents {
  readonly named: { readonly name: string };
}

const initialState = () => ({ name: "", times: 0 });
const handlers = {
  named: (state: { times: number }, { payload }: { payload: { readonly name: string } }) => ({
    name: payload.name,
    times: state.times + 1,
  }),
};
/** Its id is the name that was taken last, which is a unique constraint on names. */
const byName = projectorFor<{ name: string; times: number }, NameEvents>()({
  name: "by-name",
  initialState,
  handlers,
  id: (state, { stream }) => (state.name === "" ? stream : state.name),
});
const byStream = projectorFor<{ name: string; times: number }, NameEvents>()({
  name: "by-stream",
  initialState,
  handlers,
});

const named = (name: string) => ({ events: [{ name: "named", payload: { name } }] }) as const;
const streamOf = (events: EventStore, stream: string) => events.stream<NameEvents>({ category: "users", stream });

interface IdStage {
  readonly inline: EventStore;
  readonly store: ProjectionStore;
  /** The ids that are stored, and whose they are. */
  holders(): Promise<Record<string, string>>;
}

function idTest(promise: string, run: (stage: IdStage) => Promise<void>): ProjectionRuleTest {
  const test = projectionTest("sharing", promise, async ({ openShared }) => {
    const { events, projections } = await openShared();
    const store = new ProjectionStore({ adapter: projections });
    const options = { store, category: "users" };
    const inline = [
      inlineProjection({ projector: byName, ...options }),
      inlineProjection({ projector: byStream, ...options }),
    ];
    await run({
      inline: new EventStore({ adapter: events, inline }),
      store,
      holders: async () => {
        const { items } = await store.of(byName).search();
        return Object.fromEntries(items.map(({ id, source }) => [id, source.kind === "stream" ? source.stream : "?"]));
      },
    });
  });
  return projectionTestNeeding("sharing", projectionTestNeeding("transactions", test));
}

/** The ids of inline projections, and projections of streams that were still empty. */
export const sharingIds: readonly ProjectionRuleTest[] = [
  idTest(
    "a projection of a stream that was saved while the stream was empty is continued by the first publish",
    async ({ inline, store }) => {
      const stream = streamOf(inline, "a");
      await store.of(byStream).save(await byStream.project(stream));
      await store.of(byName).save(await byName.project(stream));
      await stream.publish(named("Ada"));
      await stream.publish(named("Ada"));
      assertSame((await store.of(byStream).load({ id: "a" }))?.state, { name: "Ada", times: 2 });
      const ids = (await store.of(byName).search()).items.map(({ id, state }) => [id, state.times]);
      assertSame(ids, [["Ada", 2]]);
    },
  ),
  idTest("ids may be given up, taken and swapped within one publish", async ({ inline, holders }) => {
    await streamOf(inline, "1").publish(named("x"));
    await streamOf(inline, "2").publish(named("y"));
    const publish = (names: Record<string, string>) =>
      inline.category<NameEvents>("users").publish({
        streams: Object.entries(names).map(([stream, name]) => ({ stream, ...named(name) })),
      });
    await publish({ "1": "y", "2": "x" });
    assertSame(await holders(), { x: "2", y: "1" });
    await publish({ "1": "z", "3": "y" });
    assertSame(await holders(), { x: "2", y: "3", z: "1" });
    await publish({ "4": "x", "2": "w" });
    assertSame(await holders(), { w: "2", x: "4", y: "3", z: "1" });
    await publish({ "1": "y", "3": "x", "4": "z" });
    assertSame(await holders(), { w: "2", x: "3", y: "1", z: "4" });
  }),
  idTest("an id that another source has is a ProjectionIdTakenError, and nothing is stored", async (stage) => {
    const { inline, holders } = stage;
    await streamOf(inline, "1").publish(named("x"));
    await streamOf(inline, "2").publish(named("y"));
    const sourceOf = (stream: string) => ({ kind: "stream", category: "users", stream }) as const;
    const refused = async (stream: string, publish: Promise<unknown>): Promise<void> => {
      const error = await rejectsWith(publish, "PROJECTION_ID_TAKEN");
      const { projection, projectorVersion, id, heldBy, wantedBy, isRetryable } = error;
      assertSame([projection, projectorVersion, id, isRetryable], ["by-name", 1, "x", false]);
      assertSame([heldBy, wantedBy], [sourceOf("1"), sourceOf(stream)]);
    };
    await refused("2", streamOf(inline, "2").publish(named("x")));
    await refused("3", streamOf(inline, "3").publish(named("x")));
    const both = inline.category<NameEvents>("users").publish({
      streams: [
        { stream: "3", ...named("new") },
        { stream: "4", ...named("new") },
      ],
    });
    const error = await rejectsWith(both, "PROJECTION_ID_TAKEN");
    assertSame([error.id, error.heldBy, error.wantedBy], ["new", sourceOf("3"), sourceOf("4")]);
    assertSame([await holders(), (await inline.log().read()).length], [{ x: "1", y: "2" }, 2]);
    await streamOf(inline, "1").publish(named("free"));
    await streamOf(inline, "2").publish(named("x"));
    assertSame(await holders(), { free: "1", x: "2" });
  }),
  idTest("one of several rivals for an id gets it, and the others are refused", async ({ inline, holders }) => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => streamOf(inline, `rival-${n}`).publish(named("x"))),
    );
    const stored = outcomes.filter(({ status }) => status === "fulfilled");
    assertSame([stored.length, Object.keys(await holders())], [1, ["x"]]);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") await rejectsWith(Promise.reject(outcome.reason), "PROJECTION_ID_TAKEN");
    }
    assert.equal((await inline.log().read()).length, 1);
  }),
  idTest("if a projection is ahead of the log, nothing can be published", async ({ inline, store }) => {
    await streamOf(inline, "1").publish(named("x"));
    const ahead = { ...(await byStream.project(streamOf(inline, "1"))), lastSequenceNumber: 1_000 };
    await store.save(ahead);
    const error = await rejectsWith(streamOf(inline, "1").publish(named("y")), "PROJECTION_AHEAD_OF_LOG");
    assertSame([error.id, error.lastSequenceNumber], ["1", 1_000]);
    const unborn = { ...ahead, id: "2", source: { ...ahead.source, stream: "2" } };
    await store.save(unborn as typeof ahead);
    await rejectsWith(streamOf(inline, "2").publish(named("y")), "PROJECTION_AHEAD_OF_LOG");
    assert.equal((await inline.log().read()).length, 1);
  }),
];
