import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = new URL("../../..", import.meta.url);
const configuration = fileURLToPath(new URL("dependency-cruiser.config.mjs", root));
const cruiser = fileURLToPath(new URL("node_modules/dependency-cruiser/bin/dependency-cruiser.mjs", root));

interface CruiseResult {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

/** Source files by their path in the workspace, each with what it imports. */
export type SourceFiles = Readonly<Record<string, readonly string[]>>;

/** A workspace of empty packages in a temporary folder, to put wrong arrows into. */
export class MiniatureWorkspace {
  readonly #directory = mkdtempSync(join(tmpdir(), "eventfold-architecture-"));

  /** Creates the packages; each can import every other by name, so that only the rules can object. */
  constructor(packages: readonly string[]) {
    this.#write("tsconfig.json", "{}");
    this.#write("package.json", JSON.stringify({ private: true, type: "module" }));
    mkdirSync(join(this.#directory, "node_modules/@eventfold"), { recursive: true });
    const dependencies = Object.fromEntries(packages.map((name) => [`@eventfold/${name}`, "workspace:^"]));
    for (const name of packages) {
      const manifest = { name: `@eventfold/${name}`, type: "module", exports: "./src/index.ts", dependencies };
      this.#write(`packages/${name}/package.json`, JSON.stringify(manifest));
      this.#write(`packages/${name}/src/index.ts`, "export const value = 1;\n");
      const link = join(this.#directory, "node_modules/@eventfold", name);
      symlinkSync(join(this.#directory, "packages", name), link, "junction");
    }
  }

  /** Adds the files, checks the workspace by the repository's own rules, and names each broken one, with the file that broke it. */
  violationsWith(files: SourceFiles): readonly string[] {
    for (const [path, imports] of Object.entries(files)) {
      this.#write(
        path,
        [...imports.map((specifier) => `import "${specifier}";`), "export const value = 1;\n"].join("\n"),
      );
    }
    const args = [cruiser, "--config", configuration, "--output-type", "json", "packages"];
    const { stdout } = spawnSync(process.execPath, args, {
      cwd: this.#directory,
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    const { violations } = (JSON.parse(stdout) as CruiseResult).summary;
    return [...new Set(violations.map(({ from, rule }) => `${rule.name}: ${from}`))].sort();
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #write(path: string, text: string): void {
    mkdirSync(dirname(join(this.#directory, path)), { recursive: true });
    writeFileSync(join(this.#directory, path), text);
  }
}
