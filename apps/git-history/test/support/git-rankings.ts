import { encodedPath } from "../../src/events/stream-name.ts";
import type { TestRepository } from "./test-repository.ts";

/** Who did most, and to what, as git's own listings say. */
export interface GitRankings {
  readonly contributors: number;
  readonly topContributors: readonly RankedContributor[];
  readonly topFiles: readonly RankedFile[];
}

interface Lines {
  linesAdded: number;
  linesDeleted: number;
}

interface RankedContributor extends Lines {
  readonly name: string;
  readonly email: string;
  commits: number;
  events: number;
}

interface RankedFile extends Lines {
  readonly path: string;
  changes: number;
}

/** Counts a second way: the changes of the commits are listed one commit after another, by a run of git that is given their names. */
export function gitRankings(repository: TestRepository): GitRankings {
  const contributors = new Map<string, RankedContributor>();
  const files = new Map<string, RankedFile>();
  const changesOf = changesByCommit(repository);
  for (const { hash, name, email } of authors(repository)) {
    const changes = changesOf.get(hash);
    if (changes === undefined) continue;
    const none = { linesAdded: 0, linesDeleted: 0 };
    const contributor = found(contributors, `${name}\0${email}`, { name, email, commits: 0, events: 0, ...none });
    contributor.commits += 1;
    for (const { path, linesAdded, linesDeleted } of changes) {
      const file = found(files, path, { path, changes: 0, ...none });
      contributor.events += 1;
      file.changes += 1;
      for (const sum of [contributor, file]) {
        sum.linesAdded += linesAdded;
        sum.linesDeleted += linesDeleted;
      }
    }
  }
  return {
    contributors: contributors.size,
    topContributors: ranked([...contributors.values()], ({ commits, name, email }) => [commits, name, email]),
    topFiles: ranked([...files.values()], ({ changes, path }) => [changes, path]),
  };
}

function authors(repository: TestRepository): { hash: string; name: string; email: string }[] {
  const log = repository.gitBytes(["log", "-z", "--format=%H%x00%an%x00%ae"]).toString();
  const tokens = log.split("\0");
  const authors: { hash: string; name: string; email: string }[] = [];
  for (let at = 0; at + 2 < tokens.length; at += 3) {
    const [hash = "", name = "", email = ""] = tokens.slice(at, at + 3);
    authors.push({ hash, name, email });
  }
  return authors;
}

/** The changes of each commit that has any, by its name. */
function changesByCommit(repository: TestRepository): ReadonlyMap<string, readonly ({ path: string } & Lines)[]> {
  const names = repository.gitBytes(["rev-list", "HEAD"]);
  const args = ["diff-tree", "--stdin", "--root", "-r", "-M", "--numstat", "-z"];
  const tokens = repository.gitBytes(args, { input: names }).toString("latin1").split("\0");
  const changesOf = new Map<string, ({ path: string } & Lines)[]>();
  let changes: ({ path: string } & Lines)[] = [];
  for (let at = 0; at + 1 < tokens.length; at++) {
    const token = tokens[at] ?? "";
    const [, added = "", deleted = "", place = ""] = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(token) ?? [];
    if (added === "") {
      // Not an entry, so that it is the commit whose entries follow.
      changes = [];
      changesOf.set(token, changes);
      continue;
    }
    const path = place === "" ? tokens[at + 2] : place; // A rename is followed by its two paths.
    if (place === "") at += 2;
    const lines = { linesAdded: Number(added) || 0, linesDeleted: Number(deleted) || 0 };
    changes.push({ path: encodedPath(Buffer.from(path ?? "", "latin1")), ...lines });
  }
  return changesOf;
}

function found<T>(all: Map<string, T>, key: string, initial: T): T {
  const value = all.get(key) ?? initial;
  all.set(key, value);
  return value;
}

/** The first ten: most first, then by the texts in code-point order. */
function ranked<T>(items: T[], keyOf: (item: T) => readonly [number, ...string[]]): T[] {
  const inOrder = (one: T, other: T): number => {
    const [[most, ...texts], [others, ...otherTexts]] = [keyOf(one), keyOf(other)];
    if (most !== others) return others - most;
    const differing = texts.findIndex((text, index) => text !== otherTexts[index]);
    return Buffer.compare(Buffer.from(texts[differing] ?? ""), Buffer.from(otherTexts[differing] ?? ""));
  };
  return items.sort(inOrder).slice(0, 10);
}
