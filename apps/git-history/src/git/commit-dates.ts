import { commitTime } from "./commit-time.ts";
import { readGit } from "./git-process.ts";
import type { LogHeader } from "./log-header.ts";

/** When a commit was written and when it was committed. */
export interface CommitDates {
  readonly authoredAt: Date;
  readonly committedAt: Date;
}

/**
 * The dates of a commit.
 *
 * Git prints none before 1970, so for such a commit the object itself is read. Of two dates of which one is unreadable
 * both are the other; where both are, it is 1970-01-01, which is what git makes of them too.
 *
 * Costs a run of git for each commit whose dates git does not print, and nothing for the others.
 */
export async function commitDates(directory: string, header: LogHeader): Promise<CommitDates> {
  const authored = commitTime(header.authoredAt);
  const committed = commitTime(header.committedAt);
  if (authored !== undefined && committed !== undefined) return { authoredAt: authored, committedAt: committed };
  const object = await readGit({ directory, args: ["cat-file", "commit", header.hash] });
  const authoredAt = authored ?? dateOf(object, "author");
  const committedAt = committed ?? dateOf(object, "committer");
  return {
    authoredAt: authoredAt ?? committedAt ?? new Date(0),
    committedAt: committedAt ?? authoredAt ?? new Date(0),
  };
}

function dateOf(object: string, role: "author" | "committer"): Date | undefined {
  const [headers = ""] = object.split("\n\n", 1);
  const line = headers.split("\n").find((text) => text.startsWith(`${role} `));
  return commitTime(
    line
      ?.slice(line.lastIndexOf(">") + 1)
      .trim()
      .split(" ")[0] ?? "",
  );
}
