import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory, TestRepository } from "./test-repository.ts";

/** A history that real repositories have, and a careless reader gets wrong. */
export interface HostileRepository {
  readonly title: string;
  readonly make: () => TestRepository;
}

const TEN_LINES = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";

/** One of each kind; every reader of histories is tried on all of them. */
export const HOSTILE_REPOSITORIES: readonly HostileRepository[] = [
  { title: "paths of spaces, quotes, tabs, newlines, colons and percent signs", make: oddPaths },
  { title: "paths that are no UTF-8, and ones with control characters", make: binaryPaths },
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

function oddPaths(): TestRepository {
  const repository = TestRepository.create();
  const names = ["a b", 'q"q', "it's", "tab\there", "new\nline", "100%", "%41", "A", "back\\slash", "ünï", "日本語", "🚀", " lead", "-dash", "c:d"];
  for (const name of names) repository.write(name);
  repository.commit();
  for (const name of names) repository.write(`dir ${name}/${name}`, `${name}\nmore\n`);
  repository.commit();
  renameSync(join(repository.directory, "new\nline"), join(repository.directory, "tab\tnow"));
  rmSync(join(repository.directory, 'q"q'));
  repository.commit();
  return repository;
}

function binaryPaths(): TestRepository {
  const repository = TestRepository.create();
  const paths = [[0xff], [0xc3, 0x28], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80]];
  for (const path of paths) repository.write(Buffer.from(path), TEN_LINES + path.join());
  for (const path of ["\x01", "\x1b[31m", "\x7f", "\u0085", "\u009b"]) repository.write(path);
  repository.commit();
  for (const path of paths) repository.write(Buffer.from(path), `${TEN_LINES}${path.join()} again`);
  repository.commit();
  return repository;
}

function deceivingPaths(): TestRepository {
  const repository = TestRepository.create();
  const hash = "0".repeat(40);
  const names = [`commit ${hash}`, `commit ${hash}\n0\n0\nA\na\nB\nb`, ":100644 100644 0000000 0000000 M", "1\t1\tx", "-\t-\t", "\n", "\n:000000 100644 0000000 0000000 A"];
  for (const name of names) repository.write(name, `${name}\n${TEN_LINES}`);
  repository.commit();
  for (const name of names) renameSync(join(repository.directory, name), join(repository.directory, `${name}.`));
  repository.commit();
  for (const name of names) repository.write(`${name}.`, "");
  repository.commit();
  return repository;
}

function longPaths(): TestRepository {
  const repository = TestRepository.create();
  const exact = `${"d".repeat(200)}/${"e".repeat(200)}/${"f".repeat(110)}`;
  for (const path of [exact, `${exact}g`, `${exact}h`, `${"é".repeat(120)}/`.repeat(6) + "x"]) repository.write(path);
  repository.commit();
  repository.write(`${exact}g`, "other\n");
  repository.commit();
  return repository;
}

function merges(): TestRepository {
  const repository = TestRepository.create();
  repository.write("base", TEN_LINES);
  repository.commit();
  for (const branch of ["one", "two", "three"]) {
    repository.git("checkout", "--quiet", "-b", branch, "main");
    repository.write(branch);
    repository.commit();
    repository.write(`${branch}-2`);
    repository.commit();
  }
  repository.git("checkout", "--quiet", "main");
  repository.git("merge", "--quiet", "--no-ff", "--no-edit", "one");
  repository.git("merge", "--quiet", "--no-edit", "two", "three");
  repository.write("base", "after the merges\n");
  repository.commit();
  return repository;
}

function renames(): TestRepository {
  const repository = TestRepository.create();
  repository.write("a", TEN_LINES);
  repository.write("z", `z\n${TEN_LINES}`);
  repository.commit();
  for (const [from, to] of [["a", "b"], ["b", "dir/c"], ["dir/c", "a"]] as const) {
    mkdirSync(join(repository.directory, "dir"), { recursive: true });
    renameSync(join(repository.directory, from), join(repository.directory, to));
    repository.write(to, `${TEN_LINES}${to}\n`);
    repository.commit();
  }
  renameSync(join(repository.directory, "z"), join(repository.directory, "y"));
  repository.commit();
  return repository;
}

function renamesAndReplacements(): TestRepository {
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

function binaries(): TestRepository {
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

function modes(): TestRepository {
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

function submodules(): TestRepository {
  const repository = TestRepository.create();
  repository.write("file", TEN_LINES);
  const first = repository.commit();
  repository.git("update-index", "--add", "--cacheinfo", `160000,${first},sub`);
  repository.git("commit", "--quiet", "--message", "add");
  const second = repository.git("rev-parse", "HEAD");
  repository.git("update-index", "--cacheinfo", `160000,${second},sub`);
  repository.git("commit", "--quiet", "--message", "move");
  repository.git("rm", "--quiet", "--cached", "sub");
  repository.git("commit", "--quiet", "--message", "remove");
  return repository;
}

function emptyCommits(): TestRepository {
  const repository = TestRepository.create();
  for (let n = 0; n < 3; n++) repository.commit();
  return repository;
}

function oddDates(): TestRepository {
  const repository = TestRepository.create();
  repository.write("a");
  repository.commit({ authorDate: "1700000000 +0000", committerDate: "1700000000 +0000" });
  repository.write("b");
  repository.commit({ authorDate: "1600000000 -0700", committerDate: "1500000000 +1400" });
  const tree = repository.git("rev-parse", "HEAD^{tree}");
  const dates = ["-86400 +0000", "-99999999999999 +0000", "99999999999999999999 +0000", "253402300800 +0000", "soon", "", "0 +9999"];
  for (const date of dates) {
    const parent = repository.git("rev-parse", "HEAD");
    repository.write(`at ${date}`);
    repository.git("add", "--all");
    const written = repository.git("write-tree");
    hashCommit(repository, `tree ${written}\nparent ${parent}\nauthor A <a@example.com> ${date}\ncommitter C <c@example.com> ${date}\n\nm\n`);
  }
  const parent = repository.git("rev-parse", "HEAD");
  hashCommit(repository, `tree ${tree}\nparent ${parent}\nauthor A <a@example.com> -1 +0000\ncommitter C <c@example.com> 7 +0000\n\nm\n`);
  return repository;
}

function oddNames(): TestRepository {
  const repository = TestRepository.create();
  const tree = (): string => (repository.git("add", "--all"), repository.git("write-tree"));
  repository.write("a");
  hashCommit(repository, Buffer.from(`tree ${tree()}\nauthor J\xfcrgen <j@example.com> 1 +0000\ncommitter \xa4 <c@example.com> 2 +0000\nencoding ISO-8859-1\n\nm\n`, "latin1"));
  repository.write("b");
  const second = Buffer.from(`tree ${tree()}\nparent ${repository.git("rev-parse", "HEAD")}\nauthor \xff\xfe <x> 1 +0000\ncommitter  <> 2 +0000\n\nm\n`, "latin1");
  hashCommit(repository, second);
  repository.write("c");
  hashCommit(repository, `tree ${tree()}\nparent ${repository.git("rev-parse", "HEAD")}\nauthor \x1b[31mred <r@example.com> 1 +0000\ncommitter a\tb <c@example.com> 2 +0000\n\nm\n`);
  repository.write("d");
  hashCommit(repository, `tree ${tree()}\nparent ${repository.git("rev-parse", "HEAD")}\nauthor +AAo-x+AAA- <u@example.com> 1 +0000\ncommitter nobody\nencoding UTF-7\n\nm\n`);
  return repository;
}

function twiceInATree(): TestRepository {
  const repository = TestRepository.create();
  const blob = (text: string): Buffer =>
    Buffer.from(repository.gitBytes(["hash-object", "-w", "--stdin"], { input: text }).toString().trim(), "hex");
  const entry = (text: string): Buffer => Buffer.concat([Buffer.from("100644 twin\0"), blob(text)]);
  const tree = repository
    .gitBytes(["hash-object", "-t", "tree", "-w", "--stdin", "--literally"], { input: Buffer.concat([entry("1\n"), entry("2\n")]) })
    .toString()
    .trim();
  hashCommit(repository, `tree ${tree}\nauthor A <a@example.com> 1 +0000\ncommitter C <c@example.com> 2 +0000\n\nm\n`);
  return repository;
}

function bare(): TestRepository {
  const copy = new TestRepository(join(temporaryDirectory(), "bare.git"));
  new TestRepository(temporaryDirectory()).git("clone", "--quiet", "--bare", renames().directory, copy.directory);
  return copy;
}

function shallow(): TestRepository {
  const copy = new TestRepository(join(temporaryDirectory(), "shallow"));
  new TestRepository(temporaryDirectory()).git("clone", "--quiet", "--depth=2", `file://${renames().directory}`, copy.directory);
  return copy;
}

function detached(): TestRepository {
  const repository = renames();
  repository.git("checkout", "--quiet", "HEAD~2");
  return repository;
}

function linkedWorkTree(): TestRepository {
  const linked = join(temporaryDirectory(), "linked");
  renames().git("worktree", "add", "--quiet", "--detach", linked, "HEAD~1");
  return new TestRepository(linked);
}

function sha256(): TestRepository {
  const repository = TestRepository.create("--object-format=sha256");
  repository.write("a", TEN_LINES);
  repository.commit();
  renameSync(join(repository.directory, "a"), join(repository.directory, "b"));
  repository.commit();
  return repository;
}

function replaced(): TestRepository {
  const repository = merges();
  repository.git("replace", "--graft", "HEAD", "HEAD~2");
  return repository;
}

/** Writes a commit object word for word, whatever git would say to it, and moves the branch there. */
function hashCommit(repository: TestRepository, text: string | Buffer): void {
  const args = ["hash-object", "-t", "commit", "-w", "--stdin", "--literally"];
  repository.git("update-ref", "HEAD", repository.gitBytes(args, { input: text }).toString().trim());
}
