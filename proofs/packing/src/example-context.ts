import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import type { CodeSample } from "./code-sample.ts";

/**
 * Declares what the examples of documentation comments take for granted, for the consumer to compile with them. What the packages
 * export is theirs as well, without an import; the samples of Markdown files get nothing for free.
 */
export function exampleGlobals(): string {
  return readFileSync(new URL("../example-globals.mts", import.meta.url), "utf8");
}

/** The entry points of packages installed in `directory`, by the names they export; of several, the last one given. */
export function exportedNames(directory: string, entryPoints: readonly string[]): ReadonlyMap<string, string> {
  const resolve = createRequire(join(directory, "package.json")).resolve;
  const files = entryPoints.map((entryPoint) => resolve(entryPoint).replace(/\.js$/, ".d.ts"));
  const program = ts.createProgram(files, { module: ts.ModuleKind.NodeNext });
  const checker = program.getTypeChecker();
  const names = new Map<string, string>();
  for (const [index, file] of files.entries()) {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) continue;
    for (const { name } of checker.getExportsOfModule(module)) names.set(name, entryPoints[index] ?? "");
  }
  return names;
}

/** Identifiers of the code, apart from those it declares itself. */
function freeNames(code: string): readonly string[] {
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) used.add(node.text);
    const name = "name" in node ? (node.name as ts.Node | undefined) : undefined;
    const declares = ts.isVariableDeclaration(node) || ts.isBindingElement(node) || ts.isImportSpecifier(node);
    if (name && ts.isIdentifier(name) && (declares || ts.isDeclarationStatement(node) || ts.isParameter(node))) {
      declared.add(name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("example.ts", code, ts.ScriptTarget.Latest));
  return [...used].filter((name) => !declared.has(name));
}

/** The example as a module of its own, with an import for each exported name that it uses. */
export function exampleModule({ code }: CodeSample, exported: ReadonlyMap<string, string>): string {
  const imports = freeNames(code).flatMap((name) => {
    const entryPoint = exported.get(name);
    return entryPoint === undefined ? [] : [`import { ${name} } from "${entryPoint}";`];
  });
  return [...imports, code, "export {};", ""].join("\n");
}
