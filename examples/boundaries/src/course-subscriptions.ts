import { type EventStore, eventsMatch, retryOnUnmetCondition, type StoredEvent, streamIsEmpty } from "@eventfold/store";

/** What can happen to courses. */
export type CourseEvents = {
  "course-defined": { courseId: string; capacity: number };
  "course-capacity-changed": { courseId: string; capacity: number };
  "student-subscribed": { courseId: string; studentId: string };
};

/** How many courses a student may take. */
export const COURSES_PER_STUDENT = 5;

const courseStream = (store: EventStore, courseId: string) =>
  store.stream<CourseEvents>({ category: "courses", stream: courseId });

/** That a course is new is a rule of its stream, so a condition on the stream keeps it. */
export async function defineCourse(store: EventStore, courseId: string, capacity: number): Promise<void> {
  await courseStream(store, courseId).publish({
    events: [{ name: "course-defined", payload: { courseId, capacity }, tags: [`course:${courseId}`] }],
    condition: streamIsEmpty(),
  });
}

/** A capacity may not fall below the number of students. */
export async function changeCapacity(store: EventStore, courseId: string, capacity: number): Promise<void> {
  await retryOnUnmetCondition(async () => {
    const { events, changed } = await store.boundary<CourseEvents>(eventsMatch({ tags: [`course:${courseId}`] }));
    const course = courseOf(courseId, events);
    if (course.students > capacity) throw new Error(`${courseId} has ${course.students} students.`);
    await courseStream(store, courseId).publish({
      events: [{ name: "course-capacity-changed", payload: { courseId, capacity }, tags: [`course:${courseId}`] }],
      failIf: changed,
    });
  });
}

/** A seat depends on the events of the course and of the student: no stream of one of them could keep both rules. */
export async function subscribe(store: EventStore, studentId: string, courseId: string): Promise<void> {
  await retryOnUnmetCondition(async () => {
    const { events, changed } = await store.boundary<CourseEvents>(
      eventsMatch({ tags: [`course:${courseId}`] }, { names: ["student-subscribed"], tags: [`student:${studentId}`] }),
    );
    const course = courseOf(courseId, events);
    const taken = coursesOf(studentId, events);
    if (taken.includes(courseId)) throw new Error(`${studentId} takes ${courseId} already.`);
    if (taken.length >= COURSES_PER_STUDENT) throw new Error(`${studentId} takes ${taken.length} courses already.`);
    if (course.students >= course.capacity) throw new Error(`${courseId} is full.`);
    await courseStream(store, courseId).publish({
      events: [
        {
          name: "student-subscribed",
          payload: { courseId, studentId },
          tags: [`course:${courseId}`, `student:${studentId}`],
        },
      ],
      failIf: changed,
    });
  });
}

function courseOf(courseId: string, events: readonly StoredEvent<CourseEvents>[]) {
  let capacity: number | undefined;
  let students = 0;
  for (const { name, payload } of events) {
    if (payload.courseId !== courseId) continue; // another course of the student
    if (name === "student-subscribed") students += 1;
    else capacity = payload.capacity;
  }
  if (capacity === undefined) throw new Error(`There is no course ${courseId}.`);
  return { capacity, students };
}

function coursesOf(studentId: string, events: readonly StoredEvent<CourseEvents>[]): string[] {
  const own: string[] = [];
  for (const { name, payload } of events) {
    if (name === "student-subscribed" && payload.studentId === studentId) own.push(payload.courseId);
  }
  return own;
}
