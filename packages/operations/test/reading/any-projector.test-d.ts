import { type KeyedProjector, type Projector, projectorFor } from "@eventfold/projections";
import { expectTypeOf } from "vitest";
import type { AnyKeyedProjector, AnyProjector, AnySingleProjector } from "../../src/index.ts";

type Events = { opened: { owner: string } };

expectTypeOf<Projector<{ n: number }, Events>>().toExtend<AnySingleProjector>();
expectTypeOf<Projector<{ n: number }, Events, { at: string }, "log", "ignore">>().toExtend<AnyProjector>();
expectTypeOf<KeyedProjector<number, Events>>().toExtend<AnyKeyedProjector>();
expectTypeOf<KeyedProjector<number, Events>>().not.toExtend<AnySingleProjector>();
expectTypeOf(
  projectorFor<number, Events>()({
    name: "n",
    version: 1,
    source: "stream",
    initialState: () => 0,
    handlers: { opened: (n) => n + 1 },
  }),
).toExtend<AnyProjector>();
