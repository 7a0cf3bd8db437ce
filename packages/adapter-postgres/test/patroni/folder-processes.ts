import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** The processes that work in a folder or below it: whoever started them, and whatever they call themselves. */
export function processesBelow(folder: string): readonly number[] {
  return processesWhere((place) => `${place}/`.startsWith(`${folder}/`));
}

/** The processes that work in a folder itself. */
export function processesIn(folder: string): readonly number[] {
  return processesWhere((place) => place === folder);
}

function processesWhere(isMeant: (place: string) => boolean): readonly number[] {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.filter((id) => isMeant(placeOf(id))).map(Number);
}

function placeOf(id: string): string {
  try {
    return readlinkSync(`/proc/${id}/cwd`);
  } catch {
    return ""; // it has ended, or is another account's.
  }
}

/** Ends processes as a loss of power does, and waits until none is found any more. */
export async function killAll(find: () => readonly number[]): Promise<void> {
  for (;;) {
    const found = find();
    if (found.length === 0) return;
    for (const id of found) signal(id, "SIGKILL");
    await sleep(10);
  }
}

/** Stops processes, also those that are added meanwhile. */
export async function freezeAll(find: () => readonly number[]): Promise<void> {
  const stopped = new Set<number>();
  for (;;) {
    const running = find().filter((id) => !stopped.has(id));
    if (running.length === 0) return;
    for (const id of running) {
      signal(id, "SIGSTOP");
      stopped.add(id);
    }
    await sleep(10);
  }
}

/** Lets processes go on that were stopped. */
export function thaw(ids: readonly number[]): void {
  for (const id of ids) signal(id, "SIGCONT");
}

function signal(id: number, name: NodeJS.Signals): void {
  try {
    process.kill(id, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it has ended meanwhile.
  }
}

// Its standard input ends with this process, even by SIGKILL. SIGQUIT lets PostgreSQL free its shared memory.
const GUARD = `
read -r _
for signal in CONT QUIT KILL KILL; do
  find /proc -maxdepth 2 -name cwd -lname "$1/*" 2>/dev/null | while IFS=/ read -r _ _ process _; do
    kill -$signal "$process" 2>/dev/null
  done
  [ "$signal" = CONT ] || sleep 0.3
done
rm -rf "$1"
`;

/** Ends all processes below a folder and removes it, when it is told to or when this process ends, however it ends. */
export function guardFolder(folder: string): () => Promise<void> {
  const guard = spawn("/bin/sh", ["-c", GUARD, "guard", folder], {
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
    detached: true,
  });
  const gone = once(guard, "exit");
  guard.unref();
  (guard.stdin as Socket).unref();
  return async () => {
    guard.ref();
    guard.stdin.end();
    await gone;
  };
}
