import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { TEN_LINES, TestRepository } from "./test-repository.ts";

/** A file that wanders and comes back. */
export function renames(): TestRepository {
  const repository = TestRepository.create();
  repository.write("a", TEN_LINES);
  repository.write("z", `z\n${TEN_LINES}`);
  repository.commit();
  for (const [from, to] of [
    ["a", "b"],
    ["b", "dir/c"],
    ["dir/c", "a"],
  ] as const) {
    mkdirSync(join(repository.directory, "dir"), { recursive: true });
    renameSync(join(repository.directory, from), join(repository.directory, to));
    repository.write(to, `${TEN_LINES}${to}\n`);
    repository.commit();
  }
  renameSync(join(repository.directory, "z"), join(repository.directory, "y"));
  repository.commit();
  return repository;
}

/** Files that move while something else takes their place: a new file, each other, a directory. */
export function renamesAndReplacements(): TestRepository {
  const repository = TestRepository.create();
  repository.write("a", TEN_LINES);
  repository.write("b", "b1\nb2\nb3\nb4\nb5\nb6\n");
  repository.commit();
  renameSync(join(repository.directory, "a"), join(repository.directory, "moved"));
  repository.write("a", "quite another thing\n");
  repository.commit();
  repository.write("a", "b1\nb2\nb3\nb4\nb5\nb6\n");
  repository.write("b", "quite another thing\n");
  repository.commit();
  rmSync(join(repository.directory, "b"));
  mkdirSync(join(repository.directory, "b"));
  repository.write("b/inside", TEN_LINES);
  repository.commit();
  return repository;
}

/** Binary by content, by declaration, and becoming so; no final newline; nothing at all. */
export function binaries(): TestRepository {
  const repository = TestRepository.create();
  repository.write("data.bin", Buffer.from([0, 1, 2, 3]));
  repository.write("text");
  repository.write("declared");
  repository.write(".gitattributes", "declared binary\n");
  repository.commit();
  repository.write("data.bin", Buffer.from([0, 1, 2, 3, 4]));
  repository.write("text", Buffer.from([0]));
  repository.write("declared", "changed\n");
  repository.write("no-newline", "x");
  repository.write("nothing", "");
  repository.commit();
  repository.write("no-newline", "x\n");
  repository.commit();
  return repository;
}

/** A file becomes a program, a link, and a file again. */
export function modes(): TestRepository {
  const repository = TestRepository.create();
  repository.write("script", TEN_LINES);
  repository.write("file", TEN_LINES);
  repository.commit();
  chmodSync(join(repository.directory, "script"), 0o755);
  repository.commit();
  unlinkSync(join(repository.directory, "file"));
  symlinkSync("script", join(repository.directory, "file"));
  repository.commit();
  unlinkSync(join(repository.directory, "file"));
  repository.write("file", TEN_LINES);
  repository.commit();
  return repository;
}

/** A submodule comes, moves and goes. */
export function submodules(): TestRepository {
  const repository = TestRepository.create();
  repository.write("file", TEN_LINES);
  repository.commit();
  const first = repository.head();
  repository.git("update-index", "--add", "--cacheinfo", `160000,${first},sub`);
  repository.git("commit", "--quiet", "--message", "add");
  const second = repository.head();
  repository.git("update-index", "--cacheinfo", `160000,${second},sub`);
  repository.git("commit", "--quiet", "--message", "move");
  repository.git("rm", "--quiet", "--cached", "sub");
  repository.git("commit", "--quiet", "--message", "remove");
  return repository;
}

/** What only a damaged repository has. */
export function twiceInATree(): TestRepository {
  const repository = TestRepository.create();
  const entry = (text: string): Buffer =>
    Buffer.concat([Buffer.from("100644 twin\0"), Buffer.from(repository.hashObject("blob", text), "hex")]);
  const tree = repository.hashObject("tree", Buffer.concat([entry("1\n"), entry("2\n")]));
  repository.commitLiterally("author A <a@example.com> 1 +0000\ncommitter C <c@example.com> 2 +0000", tree);
  return repository;
}
