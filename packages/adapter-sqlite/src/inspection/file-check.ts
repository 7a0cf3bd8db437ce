import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { StructureFault } from "@eventfold/store/adapter";
import type { Client } from "../connection/client.ts";
import { translateError } from "../connection/translate-error.ts";

/** How SQLite looks at its own file: `integrity_check` compares every index with its table too, which takes three times as long. */
export type FileCheck = "quick_check" | "integrity_check";

const IS_SOUND = "ok";

// SQLite works in the calling thread, and for minutes on a large file, so it is another thread that waits.
const SCRIPT = `const { parentPort, workerData } = require("node:worker_threads");
const Database = require(workerData.driver);
const client = new Database(workerData.filename, { readonly: true, fileMustExist: true, timeout: 10_000 });
try {
  parentPort.postMessage({ lines: client.pragma(workerData.check).map((row) => Object.values(row)[0]) });
} catch ({ code, message }) {
  parentPort.postMessage({ code, message });
} finally {
  client.close();
}`;

/** What the thread answers: the lines, or the code and the message of the driver's error. */
type Answer =
  | { readonly lines: readonly string[] }
  | { readonly lines?: undefined; readonly code: unknown; readonly message: string };

/**
 * What SQLite finds wrong in its own file, at most a hundred sentences; nothing if it is sound. A file is read by a thread and
 * a connection of its own, so that this one goes on. A database in memory is read at once.
 *
 * @throws the signal's reason when it is aborted; `NotADatabaseError` and other storage errors when the file cannot be read at all.
 */
export async function checkFile(client: Client, check: FileCheck, signal?: AbortSignal): Promise<readonly string[]> {
  signal?.throwIfAborted();
  const found = client.memory ? linesOf(client, check) : await checkAside(client.name, check, signal);
  return found.filter((line) => line !== IS_SOUND);
}

function linesOf(client: Client, check: FileCheck): readonly string[] {
  try {
    return client.prepare<[], string>(`PRAGMA ${check}`).pluck().all();
  } catch (error) {
    throw translateError(error);
  }
}

/** What SQLite has found, as a fault. It tells the objects that are damaged only in its sentences. */
export function faultOfFile(line: string): StructureFault {
  const isOfIndex = /\bindex\b/.test(line);
  return { kind: "fault", fault: isOfIndex ? "index" : "file", event: undefined, message: `SQLite says: ${line}` };
}

function checkAside(filename: string, check: FileCheck, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const driver = createRequire(import.meta.url).resolve("better-sqlite3");
  const worker = new Worker(SCRIPT, { eval: true, execArgv: [], workerData: { driver, filename, check } });
  return new Promise<readonly string[]>((resolve, reject) => {
    const abort = () => {
      worker.unref(); // it ends when SQLite is done, and keeps nobody waiting
      void worker.terminate();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    worker.once("message", (answer: Answer) => {
      if (answer.lines !== undefined) resolve(answer.lines);
      else reject(translateError(Object.assign(new Error(answer.message), { code: answer.code })));
    });
    worker.once("error", reject);
    worker.once("exit", () => {
      signal?.removeEventListener("abort", abort);
      reject(new Error("The thread that checked the file ended without an answer."));
    });
  });
}
