import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readGit } from "./git-process.ts";
import { openRepository, type Repository } from "./repository.ts";

/** A repository that may be there for this run only. */
export interface BundledHistory {
  readonly repository: Repository;
  /** Removes it, if it was made for this run. */
  readonly dispose: () => Promise<void>;
}

const BUNDLE = join(import.meta.dirname, "../../sample/history.bundle");

/** Unpacks the bundled sample of this project's history into a temporary repository. Dispose of it when done. */
export async function openBundledHistory(bundle = BUNDLE): Promise<BundledHistory> {
  const directory = await mkdtemp(join(tmpdir(), "eventfold-sample-"));
  const dispose = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    await readGit({ args: ["init", "--quiet", "--bare", "--template=", directory] });
    await readGit({ directory, args: ["fetch", "--quiet", bundle, "HEAD:refs/heads/sample"] });
    await readGit({ directory, args: ["symbolic-ref", "HEAD", "refs/heads/sample"] });
    const repository = await openRepository(directory);
    return { repository: { ...repository, name: "the bundled sample" }, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
