import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The account that a server's processes run under; empty for the caller's own. */
export interface ServerAccount {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * PostgreSQL refuses to run as root, so for root it is `postgres` where that account exists and `nobody` otherwise;
 * no account is ever created. For everybody else it is their own.
 */
export async function serverAccount(): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) return {};
  return (await accountNamed("postgres")) ?? (await accountNamed("nobody")) ?? {};
}

async function accountNamed(name: string): Promise<ServerAccount | undefined> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined; // `id` fails for an account that does not exist.
  }
}
