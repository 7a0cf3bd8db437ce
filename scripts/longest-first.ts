import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What the files that take longest have in their paths, beginning with the longest. */
const LONGEST: readonly string[] = [
  ...["suite/test/broken-adapters", "suite-under-", "-storage-suite", "odd-sessions", "bank/test/page"],
  ...["packing/", "command/demo", "chaos", "hostile-histories", "projections/test/bad-input", "broken-"],
  ...["/sessions", "lost-connections", "pools", "-processes", "command/", "crash", "source-bugs", "model"],
  ...[
    "exactly-once",
    "ordering",
    "agreement",
    "standby",
    "worker",
    "on-postgres",
    "read-commits",
    "check-query-function",
  ],
];

/**
 * Begins with the files that take longest: begun last, one of them would keep the other processors waiting. A clean checkout has no
 * earlier run that says how long they take. The others come as the runner orders them, project by project.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((part) => moduleId.includes(part));
  return rank === -1 ? LONGEST.length : rank;
}
