import { join } from "node:path";
import ts from "typescript";

/**
 * This repository's compiler for one project. What it has read of the declarations there once, it does not read again: most
 * of the time goes to those, not to the files in question.
 */
export class Compiler {
  readonly #directory: string;
  readonly #known = new Map<string, ts.SourceFile | undefined>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Compiles what the project's `tsconfig.json` says, and returns what `tsc` would print. */
  compile(): string {
    const file = join(this.#directory, "tsconfig.json");
    const { config } = ts.readConfigFile(file, ts.sys.readFile);
    const { options, fileNames, errors } = ts.parseJsonConfigFileContent(config, ts.sys, this.#directory, {}, file);
    const host = this.#hostFor(options);
    const program = ts.createProgram({ rootNames: fileNames, options, host });
    const found = [...errors, ...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
    return ts.formatDiagnostics(ts.sortAndDeduplicateDiagnostics(found), host);
  }

  #hostFor(options: ts.CompilerOptions): ts.CompilerHost {
    const host = ts.createCompilerHost(options);
    return {
      ...host,
      getCurrentDirectory: () => this.#directory,
      getSourceFile: (file, ...how) => {
        if (!file.endsWith(".d.ts")) return host.getSourceFile(file, ...how);
        // Which files are modules, and of which kind, depends on these.
        const key = JSON.stringify([file, options.module, options.moduleResolution]);
        if (!this.#known.has(key)) this.#known.set(key, host.getSourceFile(file, ...how));
        return this.#known.get(key);
      },
    };
  }
}
