import { binaries, modes, renames, renamesAndReplacements, submodules, twiceInATree } from "./odd-changes.ts";
import { emptyCommits, merges, oddDates, oddNames, replaced } from "./odd-commits.ts";
import { binaryPaths, deceivingPaths, longPaths, oddPaths } from "./odd-paths.ts";
import { bare, detached, linkedWorkTree, sha256, shallow } from "./odd-places.ts";
import type { TestRepository } from "./test-repository.ts";

/** A history that real repositories have, and a careless reader gets wrong. */
export interface HostileRepository {
  readonly title: string;
  readonly make: () => TestRepository;
}

/** One of each kind; every reader of histories is tried on all of them. */
export const HOSTILE_REPOSITORIES: readonly HostileRepository[] = [
  { title: "paths of spaces, quotes, tabs, newlines, colons and percent signs", make: oddPaths },
  { title: "paths that are not UTF-8, and paths with control characters", make: binaryPaths },
  { title: "paths that look like entries of the listing", make: deceivingPaths },
  { title: "very long paths", make: longPaths },
  { title: "merges, one of them of three branches", make: merges },
  { title: "renames, with and without changes, and chains of them", make: renames },
  { title: "renames that leave a new file at the old path", make: renamesAndReplacements },
  { title: "binary files", make: binaries },
  { title: "mode changes and type changes", make: modes },
  { title: "submodules", make: submodules },
  { title: "empty commits only", make: emptyCommits },
  { title: "dates that run backwards, before 1970, and beyond all calendars", make: oddDates },
  { title: "names in other encodings, and missing ones", make: oddNames },
  { title: "a tree that names one file twice", make: twiceInATree },
  { title: "a bare repository", make: bare },
  { title: "a shallow clone", make: shallow },
  { title: "a detached HEAD", make: detached },
  { title: "a linked work tree", make: linkedWorkTree },
  { title: "SHA-256 object names", make: sha256 },
  { title: "replaced commits", make: replaced },
];
