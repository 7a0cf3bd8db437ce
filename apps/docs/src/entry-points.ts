import { globSync } from "node:fs";
import { posix } from "node:path";
import { readRepositoryFile, repositoryDirectory } from "./repository.ts";

interface Manifest {
  readonly private?: boolean;
  readonly name: string;
  readonly exports: Readonly<Record<string, { readonly "eventfold-source": string }>>;
}

/** What users import, such as `@eventfold/store/adapter`, by its source file. */
export function entryPoints(): ReadonlyMap<string, string> {
  const manifests = globSync("packages/*/package.json", { cwd: repositoryDirectory }).sort();
  return new Map(
    manifests.flatMap((file) => {
      const manifest = JSON.parse(readRepositoryFile(file)) as Manifest;
      const { dir } = posix.parse(file);
      if (manifest.private) return [];
      return Object.entries(manifest.exports).map(
        ([path, { "eventfold-source": source }]) => [posix.join(dir, source), posix.join(manifest.name, path)] as const,
      );
    }),
  );
}
