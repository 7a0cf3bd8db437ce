import { type Stats, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { isEventfoldError, type StorageFinding, worstFirst } from "@eventfold/store/adapter";
import type { Client } from "../connection/client.ts";
import { checkFile } from "./file-check.ts";
import { networkFileSystem } from "./network-file-system.ts";
import { logBytes } from "./status.ts";

/** The size that the write-ahead log is cut to after it has grown, as every connection of the library asks for. */
const EXPECTED_LOG_BYTES = 67_108_864;

/** Looks at the connection, the file and where that is. The file is read as a whole, in a thread of its own. */
export async function diagnose(client: Client): Promise<readonly StorageFinding[]> {
  const ofFile = client.memory ? [inMemory] : [fileSystem(client.name), log(client.name), ...permissions(client.name)];
  return worstFirst([
    ...(client.memory ? [] : [journalMode(client)]),
    synchronous(client),
    await integrity(client),
    ...ofFile,
  ]);
}

const inMemory: StorageFinding = {
  severity: "notice",
  subject: "file",
  seen: "the database is in memory",
  why: "Its events are gone when the process ends.",
  advice: "Open a file if they are to be kept.",
};

function journalMode(client: Client): StorageFinding {
  const seen = String(client.pragma("journal_mode", { simple: true }));
  if (seen === "wal") return { severity: "sound", subject: "journal mode", seen };
  return {
    severity: "danger",
    subject: "journal mode",
    seen,
    why: "Without a write-ahead log readers and writers block each other, and a crash may damage the file.",
    advice: "Find out which program has changed it. The library sets it back when it opens the file.",
  };
}

const SYNCHRONOUS = ["off", "normal", "full", "extra"] as const;

function synchronous(client: Client): StorageFinding {
  const level = Number(client.pragma("synchronous", { simple: true }));
  const seen = SYNCHRONOUS[level] ?? String(level);
  if (level >= 2 || client.memory) return { severity: "sound", subject: "synchronous", seen };
  return {
    severity: level === 0 ? "danger" : "notice",
    subject: "synchronous",
    seen,
    why:
      level === 0
        ? "A crash of the machine may damage the file."
        : "After a crash of the machine the newest events that were acknowledged may be missing.",
    advice: 'Open the adapter with `synchronous: "full"`, the default. Each connection has a setting of its own.',
  };
}

async function integrity(client: Client): Promise<StorageFinding> {
  const lines = await checkFile(client, "quick_check").catch((error: unknown) => {
    if (isEventfoldError(error, "NOT_A_DATABASE")) return [error.message];
    throw error;
  });
  if (lines.length === 0) return { severity: "sound", subject: "integrity", seen: "quick_check finds nothing" };
  return {
    severity: "danger",
    subject: "integrity",
    seen: lines.slice(0, 3).join("; ") + (lines.length > 3 ? `; and ${lines.length - 3} more` : ""),
    why: "The file is damaged: events may be missing, or cannot be read.",
    advice:
      "Stop all programs that write to it, copy the file together with its -wal, and restore a backup. Check how it was copied before.",
  };
}

function fileSystem(filename: string): StorageFinding {
  const name = process.platform === "linux" ? networkFileSystem(statfsSync(filename).type) : undefined;
  if (name === undefined) return { severity: "sound", subject: "file system", seen: "none known to be a network's" };
  return {
    severity: "danger",
    subject: "file system",
    seen: name,
    why: "On a network file system locks cannot be trusted: two writers at once damage the file.",
    advice: "Move the file to a local disk, or use PostgreSQL.",
  };
}

function log(filename: string): StorageFinding {
  const bytes = logBytes(filename);
  const seen = `${bytes} bytes`;
  if (bytes <= EXPECTED_LOG_BYTES) return { severity: "sound", subject: "write-ahead log", seen };
  return {
    severity: "warning",
    subject: "write-ahead log",
    seen,
    why: "It has not been moved into the file for long: some connection reads on and on, and reads become slower.",
    advice:
      "Find the program that holds a read or a transaction open, such as a shell with an unfinished statement, and end it.",
  };
}

function permissions(filename: string): readonly StorageFinding[] {
  const subject = "permissions";
  const main = statSync(filename);
  const beside = [`${filename}-wal`, `${filename}-shm`].flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? [] : [{ path, found }];
  });
  const findings: StorageFinding[] = [];
  if (isWritableByAll(main) || isWritableByAll(statSync(dirname(filename)))) {
    findings.push({
      severity: "warning",
      subject,
      seen: `any user of the machine may write to ${JSON.stringify(filename)} or replace it`,
      why: "Whoever may write to the file may change and delete events.",
      advice: "Take that right from others: chmod o-w, for the file and its folder.",
    });
  }
  for (const { path, found } of beside) {
    if (found.uid === main.uid) continue;
    findings.push({
      severity: "warning",
      subject,
      seen: `${JSON.stringify(path)} belongs to user ${found.uid}, and the database to user ${main.uid}`,
      why: "The program that uses the database may not be able to open it again.",
      advice: "Run every program that opens the database, command lines too, as the same user.",
    });
  }
  if (findings.length > 0) return findings;
  return [{ severity: "sound", subject, seen: (main.mode & 0o777).toString(8).padStart(3, "0") }];
}

const STICKY = 0o1000; // in such a folder nobody may replace the files of others

function isWritableByAll({ mode }: Stats): boolean {
  return (mode & 0o002) !== 0 && (mode & STICKY) === 0;
}
