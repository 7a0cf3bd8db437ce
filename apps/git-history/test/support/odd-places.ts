import { renameSync } from "node:fs";
import { join } from "node:path";
import { renames } from "./odd-changes.ts";
import { TEN_LINES, TestRepository, temporaryDirectory } from "./test-repository.ts";

/** A repository without a work tree. */
export function bare(): TestRepository {
  const copy = new TestRepository(join(temporaryDirectory(), "bare.git"));
  new TestRepository(temporaryDirectory()).git("clone", "--quiet", "--bare", renames().directory, copy.directory);
  return copy;
}

/** A clone that knows the last commits only. */
export function shallow(): TestRepository {
  const copy = new TestRepository(join(temporaryDirectory(), "shallow"));
  new TestRepository(temporaryDirectory()).git(
    "clone",
    "--quiet",
    "--depth=2",
    `file://${renames().directory}`,
    copy.directory,
  );
  return copy;
}

/** A `HEAD` on no branch. */
export function detached(): TestRepository {
  const repository = renames();
  repository.git("checkout", "--quiet", "HEAD~2");
  return repository;
}

/** A second work tree of one repository. */
export function linkedWorkTree(): TestRepository {
  const linked = join(temporaryDirectory(), "linked");
  renames().git("worktree", "add", "--quiet", "--detach", linked, "HEAD~1");
  return new TestRepository(linked);
}

/** A repository whose object names are longer. */
export function sha256(): TestRepository {
  const repository = TestRepository.create("--object-format=sha256");
  repository.write("a", TEN_LINES);
  repository.commit();
  renameSync(join(repository.directory, "a"), join(repository.directory, "b"));
  repository.commit();
  return repository;
}
