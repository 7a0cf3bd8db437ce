import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";

interface ExportTargets {
  readonly "eventfold-source": string;
  readonly default: string;
}

/** The one build configuration: every entry point that `exports` and `bin` name, from its source to its place in `dist`. */
export default defineConfig(() => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
    readonly exports: Readonly<Record<string, ExportTargets>>;
    readonly bin?: Readonly<Record<string, string>>;
  };
  const modules = Object.values(manifest.exports).map((targets) => [
    nameInDist(targets.default),
    targets["eventfold-source"],
  ]);
  const programs = Object.values(manifest.bin ?? {}).map((file) => [nameInDist(file), `src/${nameInDist(file)}.ts`]);
  return {
    entry: Object.fromEntries([...modules, ...programs]) as Record<string, string>,
    format: "esm",
    target: "es2023",
    platform: "node",
    // Types are checked by themselves; here packages read each other's declarations, which are built before them.
    dts: { compilerOptions: { customConditions: [], noCheck: true } },
    sourcemap: true,
    // The packages ship their sources, so that debuggers and stack traces lead to files that are there.
    esbuildOptions: (options) => {
      options.sourcesContent = false;
    },
    clean: true,
    silent: true,
  };
});

function nameInDist(file: string): string {
  return file.replace(/^\.\/dist\//, "").replace(/\.js$/, "");
}
