import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { Cluster } from "./cluster.ts";

/** Ends a server and removes its files when it is released, or when this process ends, however it ends. */
export interface ClusterGuard {
  release(): Promise<void>;
}

// It waits for the end of its standard input, which comes with the end of this process, even by SIGKILL. A killed server
// leaves its file postmaster.pid behind, so a process of that number is ended only if it was started on these files.
const SCRIPT = `
read -r _
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
  args=$(tr '\\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" || ps -o args= -p "$pid" 2>/dev/null)
  case "$args" in *"$1"*)
    kill -INT "$pid" 2>/dev/null
    tries=0
    while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 100 ]; do
      sleep 0.05
      tries=$((tries + 1))
    done
    kill -KILL "$pid" 2>/dev/null
  esac
fi
rm -rf "$1"
`;

/** Guards a cluster. The guard is a shell in a process group of its own, so an interrupt from the keyboard does not end it. */
export function guardCluster(cluster: Cluster): ClusterGuard {
  const guard = spawn("/bin/sh", ["-c", SCRIPT, "guard", cluster.folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  const gone = once(guard, "exit");
  guard.unref();
  (guard.stdin as Socket).unref(); // neither may keep this process alive when it has nothing else to do.
  return {
    release: async () => {
      guard.ref();
      guard.stdin.end();
      await gone;
    },
  };
}
