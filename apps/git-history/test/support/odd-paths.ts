import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TEN_LINES, TestRepository } from "./test-repository.ts";

/** Characters that a listing quotes, a shell splits, or an encoding means. */
export function oddPaths(): TestRepository {
  const repository = TestRepository.create();
  const names = [
    "a b",
    'q"q',
    "it's",
    "tab\there",
    "new\nline",
    "100%",
    "%41",
    "A",
    "back\\slash",
    "ünï",
    "日本語",
    "🚀",
    " lead",
    "-dash",
    "c:d",
  ];
  for (const name of names) repository.write(name);
  repository.commit();
  for (const name of names) repository.write(`dir ${name}/${name}`, `${name}\nmore\n`);
  repository.commit();
  renameSync(join(repository.directory, "new\nline"), join(repository.directory, "tab\tnow"));
  rmSync(join(repository.directory, 'q"q'));
  repository.commit();
  return repository;
}

/** Bytes that are not UTF-8, for every possible reason, and control characters of both ranges. */
export function binaryPaths(): TestRepository {
  const repository = TestRepository.create();
  const paths = [[0xff], [0xc3, 0x28], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80]];
  for (const path of paths) repository.write(Buffer.from(path), TEN_LINES + path.join());
  for (const path of ["\x01", "\x1b[31m", "\x7f", "\u0085", "\u009b"]) repository.write(path);
  repository.commit();
  for (const path of paths) repository.write(Buffer.from(path), `${TEN_LINES}${path.join()} again`);
  repository.commit();
  return repository;
}

/** Names that read like what git prints around them. */
export function deceivingPaths(): TestRepository {
  const repository = TestRepository.create();
  const hash = "0".repeat(40);
  const names = [
    `commit ${hash}`,
    `commit ${hash}\n0\n0\nA\na\nB\nb`,
    ":100644 100644 0000000 0000000 M",
    "1\t1\tx",
    "-\t-\t",
    "\n",
    "\n:000000 100644 0000000 0000000 A",
  ];
  for (const name of names) repository.write(name, `${name}\n${TEN_LINES}`);
  repository.commit();
  for (const name of names) renameSync(join(repository.directory, name), join(repository.directory, `${name}.`));
  repository.commit();
  for (const name of names) repository.write(`${name}.`, "");
  repository.commit();
  return repository;
}

/** Paths at the limit of a stream name and beyond it, two of which differ only there. */
export function longPaths(): TestRepository {
  const repository = TestRepository.create();
  const exact = `${"d".repeat(200)}/${"e".repeat(200)}/${"f".repeat(110)}`;
  for (const path of [exact, `${exact}g`, `${exact}h`, `${`${"é".repeat(120)}/`.repeat(6)}x`]) repository.write(path);
  repository.commit();
  repository.write(`${exact}g`, "other\n");
  repository.commit();
  return repository;
}
