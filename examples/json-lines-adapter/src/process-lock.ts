import { readFile, rm, writeFile } from "node:fs/promises";
import { StorageBusyError, StorageFailedError } from "@eventfold/store/adapter";

const held = new Set<string>();

/** Reserves a path for one adapter, by a file next to it that names the process. Returns a function that unlocks it. */
export async function lock(path: string): Promise<() => Promise<void>> {
  const file = `${path}.lock`;
  const check = `${file}.check`; // one at a time may judge whether the holder is dead, and take its place
  await writeFile(check, "", { flag: "wx" }).catch((cause) => {
    if (cause.code !== "EEXIST") throw new StorageFailedError(`${check} could not be written.`, { cause });
    throw new StorageBusyError(`${path} is being opened. If it is not, delete ${check}.`, { cause });
  });
  try {
    if (await isHeld(file)) throw new StorageBusyError(`${path} is open. If it is not, delete ${file}.`);
    await writeFile(file, String(process.pid));
    held.add(file);
  } finally {
    await rm(check);
  }
  return () => rm(file).finally(() => held.delete(file));
}

async function isHeld(file: string): Promise<boolean> {
  const pid = Number(await readFile(file, "utf8").catch(() => ""));
  if (pid === 0 || pid === process.pid) return held.has(file); // a restarted container has its old process id
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
