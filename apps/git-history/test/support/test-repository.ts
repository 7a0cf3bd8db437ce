import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a commit is made with. */
export interface TestCommit {
  readonly message?: string;
  /** As git takes it: `1700000000 +0000`. */
  readonly authorDate?: string;
  readonly committerDate?: string;
}

/** Without the configuration of whoever runs the tests, with fixed names, and without what git does beside what it is asked for. */
const TEST_GIT_ENVIRONMENT = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_COUNT: "1",
  GIT_CONFIG_KEY_0: "maintenance.auto", // two processes after each commit
  GIT_CONFIG_VALUE_0: "false",
  GIT_TEMPLATE_DIR: "", // a dozen files in each repository
  GIT_AUTHOR_NAME: "Ada Author",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_COMMITTER_NAME: "Carl Committer",
  GIT_COMMITTER_EMAIL: "carl@example.com",
};

// What is tested starts git too, and must see the same.
Object.assign(process.env, TEST_GIT_ENVIRONMENT);

/** Enough for git to recognise a file that moved and changed a little. */
export const TEN_LINES = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";

/** A directory of its own for a test; `removeTemporaryDirectories` removes it. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "git-history-"));
  directories.push(directory);
  return directory;
}

const directories: string[] = [];

/** Removes all that this process was given. */
export function removeTemporaryDirectories(): void {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
}

/** A real repository in a directory of its own. */
export class TestRepository {
  readonly directory: string;

  constructor(directory = join(temporaryDirectory(), "repository")) {
    this.directory = directory;
  }

  static create(...options: string[]): TestRepository {
    const repository = new TestRepository();
    mkdirSync(repository.directory);
    repository.git("init", "--quiet", "--initial-branch=main", ...options);
    return repository;
  }

  /** Runs git here and returns the bytes of its output. */
  gitBytes(args: readonly string[], options: { input?: Buffer | string; env?: NodeJS.ProcessEnv } = {}): Buffer {
    return execFileSync("git", ["-C", this.directory, ...args], {
      env: { ...process.env, ...options.env },
      input: options.input ?? "",
      maxBuffer: 2 ** 30,
      stdio: ["pipe", "pipe", "pipe"],
    });
  }

  /** Runs git here and returns its output as text. */
  git(...args: string[]): string {
    return this.gitBytes(args).toString().trim();
  }

  /** Writes a file, at a path that may be any bytes. */
  write(path: string | Buffer, content: string | Buffer = `${path}\n`): void {
    const full = Buffer.concat([
      Buffer.from(`${this.directory}/`),
      typeof path === "string" ? Buffer.from(path) : path,
    ]);
    mkdirSync(full.subarray(0, full.lastIndexOf("/")), { recursive: true });
    writeFileSync(full, content);
  }

  /** Commits all that is in the work tree. */
  commit({ message = "change", authorDate, committerDate }: TestCommit = {}): void {
    const env: NodeJS.ProcessEnv = {};
    if (authorDate !== undefined) env.GIT_AUTHOR_DATE = authorDate;
    if (committerDate !== undefined) env.GIT_COMMITTER_DATE = committerDate;
    this.gitBytes(["add", "--all"]);
    this.gitBytes(["commit", "--quiet", "--allow-empty", "--message", message], { env });
  }

  /** The name of the newest commit. */
  head(): string {
    return this.git("rev-parse", "HEAD");
  }

  /**
   * Commits all that is in the work tree, or another tree, with an author's, a committer's and other lines that are taken
   * word for word, whatever git would say to them.
   */
  commitLiterally(lines: string | Buffer, tree = this.#writeTree()): void {
    const parent = this.git("rev-list", "--max-count=1", "--all") === "" ? "" : `parent ${this.head()}\n`;
    const object = Buffer.concat([
      Buffer.from(`tree ${tree}\n${parent}`),
      typeof lines === "string" ? Buffer.from(lines) : lines,
      Buffer.from("\n\nm\n"),
    ]);
    this.git("update-ref", "HEAD", this.hashObject("commit", object));
  }

  /** Stores an object word for word and returns its name. */
  hashObject(type: "blob" | "tree" | "commit", content: string | Buffer): string {
    const args = ["hash-object", "-t", type, "-w", "--stdin", "--literally"];
    return this.gitBytes(args, { input: content }).toString().trim();
  }

  #writeTree(): string {
    this.gitBytes(["add", "--all"]);
    return this.git("write-tree");
  }

  /** Feeds a stream to `git fast-import`, which makes what no work tree can hold. */
  fastImport(stream: string): void {
    this.gitBytes(["fast-import", "--quiet", "--force"], { input: stream });
  }
}
