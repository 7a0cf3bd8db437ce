import type { TestRepository } from "./test-repository.ts";

/** What git's own listings of a repository add up to. */
export interface GitCounts {
  readonly commits: number;
  readonly added: number;
  readonly modified: number;
  readonly renamed: number;
  readonly deleted: number;
  readonly linesAdded: number;
  readonly linesDeleted: number;
  readonly streams: number;
}

/**
 * Counts a second way: the raw and the numstat listing each in a run of their own, without any header between, so that
 * nothing has to be told apart.
 */
export function gitCounts(repository: TestRepository): GitCounts {
  const listing = (kind: string): string[] =>
    repository.gitBytes(["log", "-M", kind, "-z", "--format="]).toString("latin1").split("\0");
  return {
    commits: Number(repository.git("rev-list", "--count", "HEAD")),
    ...countRaw(listing("--raw")),
    ...countLines(listing("--numstat")),
  };
}

function countRaw(tokens: string[]): Pick<GitCounts, "added" | "modified" | "renamed" | "deleted" | "streams"> {
  const counts = { A: 0, M: 0, R: 0, D: 0 };
  const paths = new Set<string>();
  for (let at = 0; at < tokens.length; at++) {
    const status = /^\n?:\d{6} \d{6} [0-9a-f]+ [0-9a-f]+ ([AMTRD])\d*$/.exec(tokens[at] ?? "")?.[1];
    if (status === undefined) {
      if (tokens[at] === "") continue;
      throw new Error(`unexpected in the raw listing: ${tokens[at]}`);
    }
    counts[status === "T" ? "M" : (status as "A" | "M" | "R" | "D")] += 1;
    at += status === "R" ? 2 : 1;
    paths.add(tokens[at] ?? "");
  }
  return { added: counts.A, modified: counts.M, renamed: counts.R, deleted: counts.D, streams: paths.size };
}

function countLines(tokens: string[]): Pick<GitCounts, "linesAdded" | "linesDeleted"> {
  let linesAdded = 0;
  let linesDeleted = 0;
  for (let at = 0; at < tokens.length; at++) {
    const match = /^\n?(\d+|-)\t(\d+|-)\t(.*)$/s.exec(tokens[at] ?? "");
    if (match === null) {
      if (tokens[at] === "") continue;
      throw new Error(`unexpected in the numstat listing: ${tokens[at]}`);
    }
    linesAdded += match[1] === "-" ? 0 : Number(match[1]);
    linesDeleted += match[2] === "-" ? 0 : Number(match[2]);
    if (match[3] === "") at += 2;
  }
  return { linesAdded, linesDeleted };
}
