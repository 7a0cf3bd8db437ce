import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { ServerFiles } from "./server-files.ts";

/** Ends a server and removes its files when it is released, or when this process ends, however it ends. */
export interface ServerGuard {
  release(): Promise<void>;
}

// It waits for the end of its standard input, which comes with the end of this process, even by SIGKILL. A killed server
// leaves its file postmaster.pid behind, so a process of that number is ended only if it was started on these files. Frozen processes go on first: they would not end.
const SCRIPT = `
read -r _
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
  args=$(tr '\\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" || ps -o args= -p "$pid" 2>/dev/null)
  case "$args" in *"$1"*)
    ps -A -o pid= -o ppid= 2>/dev/null | while read -r child parent; do
      [ "$parent" = "$pid" ] && kill -CONT "$child" 2>/dev/null
    done
    kill -INT "$pid" 2>/dev/null
    kill -CONT "$pid" 2>/dev/null
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

/** Guards a server. The guard is a shell in a process group of its own, so an interrupt from the keyboard does not end it. */
export function guardServer(files: ServerFiles): ServerGuard {
  const guard = spawn("/bin/sh", ["-c", SCRIPT, "guard", files.folder], {
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
