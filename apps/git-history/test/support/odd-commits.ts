import { TEN_LINES, TestRepository } from "./test-repository.ts";

/** Branches that are merged one by one and several at once. */
export function merges(): TestRepository {
  const repository = TestRepository.create();
  repository.write("base", TEN_LINES);
  repository.commit();
  for (const branch of ["one", "two", "three"]) {
    repository.git("checkout", "--quiet", "-b", branch, "main");
    repository.write(branch);
    repository.commit();
    repository.write(`${branch}-2`);
    repository.commit();
  }
  repository.git("checkout", "--quiet", "main");
  repository.git("merge", "--quiet", "--no-ff", "--no-edit", "one");
  repository.git("merge", "--quiet", "--no-edit", "two", "three");
  repository.write("base", "after the merges\n");
  repository.commit();
  return repository;
}

/** Commits that touch nothing. */
export function emptyCommits(): TestRepository {
  const repository = TestRepository.create();
  for (let n = 0; n < 3; n++) repository.commit();
  return repository;
}

/** Dates that git prints, prints wrong, and does not print. */
export function oddDates(): TestRepository {
  const repository = TestRepository.create();
  repository.write("a");
  repository.commit({ authorDate: "1700000000 +0000", committerDate: "1700000000 +0000" });
  repository.write("b");
  repository.commit({ authorDate: "1600000000 -0700", committerDate: "1500000000 +1400" });
  const unusual = ["-86400 +0000", "-99999999999999 +0000", "99999999999999999999 +0000", "253402300800 +0000"];
  for (const date of [...unusual, "soon", "", "0 +9999"]) {
    repository.write(`at ${date}`);
    repository.commitLiterally(`author A <a@example.com> ${date}\ncommitter C <c@example.com> ${date}`);
  }
  repository.write("last");
  repository.commitLiterally("author A <a@example.com> -1 +0000\ncommitter C <c@example.com> 7 +0000");
  return repository;
}

/** Names in declared, undeclared and untrue encodings, and committers without a name or a date. */
export function oddNames(): TestRepository {
  const repository = TestRepository.create();
  const headers = [
    "author J\xfcrgen <j@example.com> 1 +0000\ncommitter \xa4 <c@example.com> 2 +0000\nencoding ISO-8859-1",
    "author \xff\xfe <x> 1 +0000\ncommitter  <> 2 +0000",
    "author \x1b[31mred <r@example.com> 1 +0000\ncommitter a\tb <c@example.com> 2 +0000",
    "author +AAo-x+AAA- <u@example.com> 1 +0000\ncommitter nobody\nencoding UTF-7",
  ];
  for (const [n, header] of headers.entries()) {
    repository.write(`file ${n}`);
    repository.commitLiterally(Buffer.from(header, "latin1"));
  }
  return repository;
}

/** A history in which `git replace` puts another parent. */
export function replaced(): TestRepository {
  const repository = merges();
  repository.git("replace", "--graft", "HEAD", "HEAD~2");
  return repository;
}
