import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** The bank in a process of its own. */
export interface BankProcess {
  readonly child: ChildProcess;
  /** Where it can be reached. */
  readonly origin: string;
  /** What it has printed after that. */
  readonly printed: readonly string[];
}

/** A port that is free: a bank that is started again on it is the same node. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Starts the bank, and waits until it is open. */
export async function startBank(database: string, port: number): Promise<BankProcess> {
  const args = ["--conditions=eventfold-source", MAIN, "--db", database, "--port", String(port)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const printed: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`The bank ended with ${code} before it was open.`);
  });
  failed.catch(() => {});
  const opened = once(lines, "line");
  lines.on("line", (line) => printed.push(line));
  const [first] = await Promise.race([opened, failed]);
  const [origin] = /http:\/\/localhost:\d+/.exec(String(first)) ?? [];
  if (origin === undefined) throw new Error(`The bank said ${String(first)}.`);
  return { child, origin, printed };
}

/** Kills the process, or asks it to end. @returns its exit code, and the signal that ended it. */
export async function end({ child }: BankProcess, signal: NodeJS.Signals): Promise<readonly unknown[]> {
  const ended = once(child, "exit");
  child.kill(signal);
  return ended;
}
