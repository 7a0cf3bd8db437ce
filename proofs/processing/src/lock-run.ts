import { Child } from "./child-process.ts";
import type { LockAssignment } from "./lock-worker.ts";

const LEASE_MS = 500;

/** How often one is frozen that others do not evict, because it had the storage locked. */
const FREEZES = 10;

/** What a process did with the lock, at a time of the clock that all share. */
export interface LockLine {
  readonly name: string;
  readonly what: "taken" | "holding" | "ended" | "lost";
  readonly token: number;
  readonly atNs: number;
}

/**
 * Three processes take one lock in turn. One that holds it is killed, another is frozen until somebody else has it, and then woken.
 *
 * @returns what all of them did, by the token of the lock and then in time.
 */
export async function runLocks(storage: LockAssignment["storage"]): Promise<readonly LockLine[]> {
  const start = (name: string) =>
    new Child<LockLine>(new URL("lock-worker.ts", import.meta.url), { name, leaseMs: LEASE_MS, storage });
  await using killed = start("killed");
  await using frozen = start("frozen");
  await using steady = start("steady");
  const all = [killed, frozen, steady];
  await Promise.all(all.map((child) => takenAbove(child, 0)));

  killed.tell("hold");
  const { token: ofKilled } = await killed.line(({ what }) => what === "holding");
  killed.signal("SIGKILL");
  await killed.exit;
  await takenAbove(frozen, ofKilled);

  await freeze(frozen, steady);
  const last = steady.lines.at(-1)?.token ?? 0;
  await Promise.all([takenAbove(frozen, last), takenAbove(steady, last)]);
  for (const child of [frozen, steady]) child.endInput();
  for (const child of [frozen, steady]) {
    const { code } = await child.exit;
    if (code !== 0) throw new Error(child.errors);
  }
  return all.flatMap(({ lines }) => lines).sort((a, b) => a.token - b.token || a.atNs - b.atNs);
}

/** Freezes one while it holds the lock, until another has it, and waits until it knows that it was lost. */
async function freeze(frozen: Child<LockLine>, other: Child<LockLine>): Promise<void> {
  for (let tries = 1; tries <= FREEZES; tries += 1) {
    const before = frozen.lines.at(-1)?.token ?? 0;
    frozen.tell("hold");
    const { token } = await frozen.line((line) => line.what === "holding" && line.token > before);
    frozen.signal("SIGSTOP");
    const limit = new Promise<false>((resolve) => setTimeout(resolve, LEASE_MS * 10, false));
    const isTaken = await Promise.race([takenAbove(other, token).then(() => true), limit]);
    frozen.signal("SIGCONT");
    await frozen.line((line) => line.what === "lost" && line.token === token);
    if (isTaken) return;
  }
  throw new Error(`It was frozen ${FREEZES} times, and nobody took its lock.`);
}

async function takenAbove(child: Child<LockLine>, token: number): Promise<LockLine> {
  return child.line((line) => line.what === "taken" && line.token > token);
}
