import { defineDecider, eventTable } from "@eventfold/commands";
import { eventsMatch, taggedWith } from "@eventfold/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DATABASES, type OpenedDatabase } from "../src/databases.ts";

const ROUNDS = process.env.EVENTFOLD_SOAK ? 100 : 5;
const RIVALS = 16;

type CourseEvents = {
  "course-defined": { course: string; seats: number };
  enrolled: { course: string; student: string };
};

class FullError extends Error {
  readonly code = "FULL";
}

/** A course has so many seats, and a student takes part in two courses at most. */
const enrolment = defineDecider({
  name: "enrolment",
  events: eventTable<CourseEvents>(),
  initialState: () => ({ seats: {} as Readonly<Record<string, number>>, enrolled: [] as readonly string[] }),
  evolve: {
    "course-defined": (state, { payload: { course, seats } }) => ({
      ...state,
      seats: { ...state.seats, [course]: seats },
    }),
    enrolled: (state, { payload: { course, student } }) => ({
      ...state,
      enrolled: [...state.enrolled, `${course}/${student}`],
    }),
  },
  decide: {
    define: ({ course, seats }: { course: string; seats: number }) => ({
      name: "course-defined",
      payload: { course, seats },
      tags: [`course:${course}`],
    }),
    enrol: ({ course, student }: { course: string; student: string }, { seats, enrolled }) => {
      if (enrolled.includes(`${course}/${student}`)) return [];
      const taken = enrolled.filter((each) => each.startsWith(`${course}/`)).length;
      const attended = enrolled.filter((each) => each.endsWith(`/${student}`)).length;
      if (taken >= (seats[course] ?? 0) || attended >= 2) throw new FullError(`${course} or ${student} is full.`);
      return { name: "enrolled", payload: { course, student }, tags: [`course:${course}`, `student:${student}`] };
    },
  },
});

describe.each(DATABASES)("execute on a boundary on $name", ({ open }) => {
  let database: OpenedDatabase;
  let named = 0;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  const streamOf = (stream: string) => database.store.stream<CourseEvents>({ category: "courses", stream });
  const boundaryOf = (course: string, student: string) => ({
    store: database.store,
    query: eventsMatch(taggedWith(`course:${course}`), { names: ["enrolled"], tags: [`student:${student}`] }),
    stream: streamOf(`${course}-${student}`),
  });
  const enrol = (course: string, student: string, options = {}) =>
    enrolment.execute(boundaryOf(course, student), { type: "enrol", course, student }, options);
  const enrolledIn = async (course: string) =>
    (await database.store.boundary(eventsMatch({ names: ["enrolled"], tags: [`course:${course}`] }))).events;
  async function freshCourse(seats: number): Promise<string> {
    const course = `c${named++}`;
    await enrolment.execute(streamOf(course), { type: "define", course, seats });
    return course;
  }

  it("decides on events of any stream, and publishes to one", async () => {
    const course = await freshCourse(1);
    const { state, events, isRepeat } = await enrol(course, `ada-${course}`);
    expect(state).toStrictEqual({ seats: { [course]: 1 }, enrolled: [`${course}/ada-${course}`] });
    expect(isRepeat).toBe(false);
    expect(events).toStrictEqual(await streamOf(`${course}-ada-${course}`).read());
    expect(events[0]?.tags).toStrictEqual([`course:${course}`, `student:ada-${course}`]);
    await expect(enrol(course, "grace")).rejects.toMatchObject({ code: "FULL" });
    expect(await enrol(course, `ada-${course}`)).toMatchObject({ events: [], isRepeat: false });
  });

  it("passes over events that the decider does not know", async () => {
    const course = await freshCourse(2);
    const noted = { name: "noted", payload: {}, tags: [`course:${course}`] };
    await database.store.publish([{ category: "notes", stream: course, events: [noted] }]);
    expect((await enrol(course, `ada-${course}`)).state.enrolled).toStrictEqual([`${course}/ada-${course}`]);
  });

  it("never gives away a seat twice, whoever decides at once", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const course = await freshCourse(3);
      const retry = { tries: 100, backoff: { firstMs: 1, longestMs: 20 } };
      const settled = await Promise.allSettled(
        Array.from({ length: RIVALS }, (_, n) => enrol(course, `s${named}-${n}`, { retry })),
      );
      expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
      for (const each of settled) if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "FULL" });
      expect(await enrolledIn(course)).toHaveLength(3);
    }
  });

  it("holds what it promises of a student over several courses", async () => {
    const courses = await Promise.all(Array.from({ length: 6 }, () => freshCourse(10)));
    const student = `busy-${named++}`;
    const settled = await Promise.allSettled(courses.map((course) => enrol(course, student)));
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
  });

  it("carries out a command with an id once, whether or not its events match the query", async () => {
    const course = await freshCourse(1);
    const first = await enrol(course, `ada-${course}`, { commandId: "e" });
    expect(await enrol(course, `ada-${course}`, { commandId: "e" })).toStrictEqual({ ...first, isRepeat: true });
    const elsewhere = { ...boundaryOf(course, `ada-${course}`), query: taggedWith("nobody:has-this") };
    const defined = { type: "define", course: "other", seats: 1 } as const;
    expect(await enrolment.execute(elsewhere, defined, { commandId: "d" })).toMatchObject({ isRepeat: false });
    expect(await enrolment.execute(elsewhere, defined, { commandId: "d" })).toMatchObject({
      ...{ isRepeat: true, events: [{ payload: { course: "other" } }] },
    });
  });

  it("returns a state that includes what a rival has done with its id since the boundary was read", async () => {
    const course = await freshCourse(1);
    const student = `ada-${course}`;
    const boundary = boundaryOf(course, student);
    let rival: Promise<unknown> | undefined;
    const overtaken: typeof boundary.store.boundary = async (...options: [never]) => {
      const read = await database.store.boundary(...options);
      rival ??= enrol(course, student, { commandId: "e" });
      await rival;
      return read;
    };
    const target = { ...boundary, store: { boundary: overtaken } };
    const repeat = await enrolment.execute(target, { type: "enrol", course, student }, { commandId: "e" });
    expect(repeat).toMatchObject({ isRepeat: true, state: { enrolled: [`${course}/${student}`] } });
  });

  it("is carried out once by many at once with one id", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const course = await freshCourse(1);
      const results = await Promise.all(
        Array.from({ length: RIVALS }, () => enrol(course, `ada-${course}`, { commandId: "e" })),
      );
      expect(results.filter(({ isRepeat }) => !isRepeat)).toHaveLength(1);
      const stored = await enrolledIn(course);
      for (const { events } of results) expect(events).toStrictEqual(stored);
    }
  });

  it("refuses what is no boundary, and snapshots, which a boundary has none of", async () => {
    const course = await freshCourse(1);
    const boundary = boundaryOf(course, `ada-${course}`);
    const command = { type: "define", course, seats: 1 } as const;
    const execute = enrolment.execute as (...given: readonly unknown[]) => Promise<unknown>;
    await expect(execute({ ...boundary, query: undefined }, command)).rejects.toThrow(TypeError);
    await expect(execute({ ...boundary, store: undefined }, command)).rejects.toThrow(TypeError);
    await expect(execute({ ...boundary, stream: database.store.category("courses") }, command)).rejects.toThrow(
      TypeError,
    );
    const snapshots = { store: database.projectionStore };
    await expect(execute(boundary, command, { snapshots })).rejects.toThrow("A boundary has no snapshots");
  });
});
