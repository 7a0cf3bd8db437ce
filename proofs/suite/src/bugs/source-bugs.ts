import type { SourceBug } from "./source-bug.ts";

/** Bugs that a hurried change might bring, some for each adapter. The model test and the history checker find them. */
export const sourceBugs: readonly SourceBug[] = [
  {
    adapter: "memory",
    fault: "judges the condition of the first entry only",
    file: "adapter-memory/src/write-publish.ts",
    edits: [{ find: "unmetWrites(writes,", replace: "unmetWrites(writes.slice(0, 1)," }],
  },
  {
    adapter: "memory",
    fault: "leaves the newest event out of its scans",
    file: "adapter-memory/src/record-window.ts",
    edits: [{ find: "horizon + 1);", replace: "horizon);" }],
  },
  {
    adapter: "memory",
    fault: "overlooks the event right after a boundary",
    file: "adapter-memory/src/write-publish.ts",
    edits: [{ find: "sequenceNumberAfter: after }", replace: "sequenceNumberAfter: after + 1 }" }],
  },
  {
    adapter: "sqlite",
    fault: "leaves the first event of a refused publish in the log",
    file: "adapter-sqlite/src/writing/publish-writer.ts",
    edits: [{ find: "WHERE sequence_number >= ?", replace: "WHERE sequence_number > ?" }],
  },
  {
    adapter: "sqlite",
    fault: "refuses a publish only when no condition holds",
    file: "adapter-sqlite/src/writing/publish-writer.ts",
    edits: [
      {
        find: "(_, index) => latest[index]).length > 0) return NOT_WRITTEN;",
        replace: "(_, index) => latest[index]).length === request.writes.length) return NOT_WRITTEN;",
      },
    ],
  },
  {
    adapter: "sqlite",
    fault: "overlooks the event right after a boundary, when it writes",
    file: "adapter-sqlite/src/writing/publish-writer.ts",
    edits: [{ find: "sequenceNumberAfter: failIf.after }", replace: "sequenceNumberAfter: failIf.after + 1 }" }],
  },
  {
    adapter: "postgres",
    fault: "stores a publish when any of its conditions holds",
    file: "adapter-postgres/src/migrations/event-migrations.generated.ts",
    edits: [{ find: "publish, bool_and(ok) as ok", replace: "publish, bool_or(ok) as ok" }],
  },
  {
    adapter: "postgres",
    fault: "does not lock the log while it writes",
    needsLoad: true,
    file: "adapter-postgres/src/migrations/event-migrations.generated.ts",
    edits: [{ find: "if not pg_try_advisory_xact_lock(log, key) then", replace: "if false then" }],
  },
  {
    adapter: "postgres",
    fault: "lets two publishes that match each other have the lock of a tag at once",
    needsLoad: true,
    orderingGuarantee: "stream",
    file: "adapter-postgres/src/migrations/event-migrations.generated.ts",
    edits: [{ find: "t.tag, 'UTF8')), 0), t.is_exclusive", replace: "t.tag, 'UTF8')), 0), false" }],
  },
  {
    adapter: "postgres",
    fault: "ends a boundary at the newest number, without waiting for the writers in flight",
    needsLoad: true,
    orderingGuarantee: "stream",
    file: "adapter-postgres/src/reading/event-reader.ts",
    edits: [
      {
        find: "const upTo = await this.#barrier(log, { isFollowing: false });",
        replace:
          "const upTo = Number((await this.#run(latestNumberStatement(this.#options.names, log)))[0]?.[0] ?? 0);",
      },
    ],
  },
];
