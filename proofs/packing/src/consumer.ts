import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Compiler } from "./compiler.ts";
import type { PackedPackage } from "./packed-package.ts";

/** How a command ended. */
export interface Ending {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a consumer installs: packed packages, and with them their peers, all or only those that are not optional. */
export interface ConsumerOptions {
  readonly packages: readonly PackedPackage[];
  readonly optionalPeers: boolean;
  /** What else it installs: names and ranges. */
  readonly others?: Readonly<Record<string, string>>;
}

function peersOf({ manifest }: PackedPackage, optionalPeers: boolean): [string, string][] {
  const isWanted = (name: string): boolean => optionalPeers || !manifest.peerDependenciesMeta?.[name]?.optional;
  return Object.entries(manifest.peerDependencies ?? {}).filter(([name]) => isWanted(name));
}

/** An empty project outside the workspace that has installed packed packages with npm, as a user would. */
export class Consumer {
  readonly directory: string;
  readonly #compiler: Compiler;

  /** Creates the project and installs the packages. */
  constructor({ packages, optionalPeers, others = {} }: ConsumerOptions) {
    this.directory = realpathSync(mkdtempSync(join(tmpdir(), "eventfold-consumer-")));
    this.#compiler = new Compiler(this.directory);
    const peers = packages.flatMap((packed) => peersOf(packed, optionalPeers));
    const ours = packages.map(({ name, tarball }) => [name, `file:${tarball}`] as const);
    const dependencies = { ...others, ...Object.fromEntries([...peers, ...ours]), "@types/node": "^22.12.0" };
    this.write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module", dependencies }));
    const install = this.#spawn("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]);
    if (install.status !== 0) throw new Error(`npm install failed in ${this.directory}:\n${install.stderr}`);
  }

  /** Puts a file into the project, and makes the folders on its way. */
  write(name: string, text: string): void {
    const path = join(this.directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** Runs a file of the project on one of the Node releases, or whatever else the arguments ask for. */
  run(executable: string, ...args: readonly string[]): Ending {
    return this.#spawn(executable, args);
  }

  /** Compiles files of the project with this repository's compiler, and returns what is wrong with them. */
  compile(files: readonly string[], compilerOptions: Readonly<Record<string, unknown>>): string {
    const options = {
      target: "es2023",
      lib: ["es2023", "esnext.disposable"],
      types: ["node"],
      strict: true,
      ...compilerOptions,
    };
    this.write("tsconfig.json", JSON.stringify({ compilerOptions: options, files }));
    return this.#compiler.compile();
  }

  /** Removes the project. */
  remove(): void {
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The workspace's own settings must not reach the project: neither its export condition nor what pnpm hands to its scripts. */
  #spawn(command: string, args: readonly string[]): Ending {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(NODE_OPTIONS|NODE_PATH|npm_.*|pnpm_.*|VITEST.*)$/i.test(name),
    );
    const shell = process.platform === "win32" && command === "npm";
    return spawnSync(command, args, {
      cwd: this.directory,
      encoding: "utf8",
      env: Object.fromEntries(inherited),
      shell,
    });
  }
}
