import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What the files that take longest are called. Begun last, one of them would keep the others' processors waiting. */
const LONG = /proofs\/packing|suite|broken|chaos|model|lost-connections|several-processes|demo\.test|source-bugs/;

/** Begins with the files that take longest, also where no earlier run has told how long they take. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const [long, short] = [true, false].map((isLong) =>
      sorted.filter(({ moduleId }) => LONG.test(moduleId) === isLong),
    );
    return [...(long ?? []), ...(short ?? [])];
  }
}
