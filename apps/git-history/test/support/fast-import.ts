import { TestRepository } from "./test-repository.ts";

/** A history made by `git fast-import`, which takes a second where commits one by one take minutes. */
export interface FastHistory {
  readonly commits: number;
  /** The paths that commit `n` writes. */
  readonly pathsOf: (n: number) => readonly string[];
}

/** Makes it: each commit writes its paths with a content of its own. Paths must need no quoting. */
export function fastRepository({ commits, pathsOf }: FastHistory): TestRepository {
  const repository = TestRepository.create();
  const pieces: string[] = [];
  for (let n = 0; n < commits; n++) {
    pieces.push(
      `commit refs/heads/main\ncommitter C ${n % 7} <c${n % 7}@example.com> ${1_600_000_000 + n} +0000\ndata 1\nm\n`,
    );
    for (const path of pathsOf(n))
      pieces.push(`M 644 inline ${path}\ndata ${content(n, path).length}\n${content(n, path)}\n`);
  }
  repository.fastImport(pieces.join(""));
  return repository;
}

/** A file that every commit changes. */
export function oneBusyFile(commits: number): TestRepository {
  return fastRepository({ commits, pathsOf: () => ["file"] });
}

function content(n: number, path: string): string {
  return `${path}\n${n}\n`;
}
