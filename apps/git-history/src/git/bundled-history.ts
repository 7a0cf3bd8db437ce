import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readGit } from "./git-process.ts";
import type { OpenedHistory } from "./opened-history.ts";
import { openRepository } from "./repository.ts";

/** Part of this project's own history, made by `scripts/make-sample.ts`. */
const BUNDLE = join(import.meta.dirname, "../../sample/history.bundle");

/**
 * Unpacks the bundled sample of this project's history into a temporary repository. Dispose of it when done.
 *
 * @throws `Failure` when git is not installed or cannot read the sample.
 */
export async function openBundledHistory(bundle = BUNDLE): Promise<OpenedHistory> {
  const directory = await mkdtemp(join(tmpdir(), "eventfold-sample-"));
  const dispose = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    await unpack(bundle, directory);
    const repository = await openRepository(directory);
    return { repository: { ...repository, name: "eventfold (the bundled sample)" }, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function unpack(bundle: string, directory: string): Promise<void> {
  await readGit({ args: ["init", "--quiet", "--bare", "--template=", "--object-format=sha1", directory] });
  // A maintenance that fetching starts in the background would still write when all is removed.
  const settings = ["-c", "protocol.file.allow=always", "-c", "maintenance.auto=false", "-c", "gc.auto=0"];
  const fetch = [...settings, "fetch", "--quiet", bundle, "refs/sample:refs/heads/sample"];
  await readGit({ directory, args: fetch });
  await readGit({ directory, args: ["symbolic-ref", "HEAD", "refs/heads/sample"] });
}
