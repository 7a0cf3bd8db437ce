import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import type { CodeSample } from "./code-sample.ts";
import { workspaceDirectory } from "./packed-package.ts";

const globalsDirectory = new URL("../example-globals/", import.meta.url);

/** The package whose source a sample comes from, without the scope. */
function packageOf({ file }: CodeSample): string {
  return file.split("/")[1] ?? "";
}

/**
 * The file in `example-globals` that declares what an example takes for granted: the one of its package, or the default. What
 * the packages export is an example's too, without an import; the samples of Markdown files get nothing for free.
 */
export function globalsFileOf(example: CodeSample): string {
  const file = `${packageOf(example)}.mts`;
  return existsSync(new URL(file, globalsDirectory)) ? file : "default.mts";
}

/** The text of a file that {@link globalsFileOf} named. */
export function exampleGlobals(file: string): string {
  return readFileSync(new URL(file, globalsDirectory), "utf8");
}

/** What the entry points of packages installed in `directory` export: each name, with the entry points that know it. */
export function exportedNames(
  directory: string,
  entryPoints: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const resolve = createRequire(join(directory, "package.json")).resolve;
  const files = entryPoints.map((entryPoint) => resolve(entryPoint).replace(/\.js$/, ".d.ts"));
  const program = ts.createProgram(files, { module: ts.ModuleKind.NodeNext });
  const checker = program.getTypeChecker();
  const names = new Map<string, string[]>();
  for (const [index, entryPoint] of entryPoints.entries()) {
    const source = program.getSourceFile(files[index] ?? "");
    const module = source && checker.getSymbolAtLocation(source);
    for (const { name } of module ? checker.getExportsOfModule(module) : []) {
      names.set(name, [...(names.get(name) ?? []), entryPoint]);
    }
  }
  return names;
}

/** Whether the example documents something exported, or a member of it: others cannot be tried from outside. */
export function isPublic({ file, line }: CodeSample, exported: ReadonlyMap<string, unknown>): boolean {
  const text = readFileSync(join(workspaceDirectory, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const position = source.getPositionOfLineAndCharacter(line - 1, 0);
  const documented = source.statements.find((each) => each.getFullStart() <= position && position < each.getEnd());
  if (documented === undefined) return false;
  const declarations = ts.isVariableStatement(documented) ? documented.declarationList.declarations : [documented];
  return declarations.some((each) => {
    const name = ts.getNameOfDeclaration(each as ts.Declaration);
    return name !== undefined && ts.isIdentifier(name) && exported.has(name.text);
  });
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

/** The example as a module of its own, with an import for each exported name that it uses, from its own package if it can be. */
export function exampleModule(example: CodeSample, exported: ReadonlyMap<string, readonly string[]>): string {
  const own = `@eventfold/${packageOf(example)}`;
  const imports = freeNames(example.code).flatMap((name) => {
    const entryPoints = exported.get(name) ?? [];
    const entryPoint = entryPoints.find((each) => each === own || each.startsWith(`${own}/`)) ?? entryPoints[0];
    return entryPoint === undefined ? [] : [`import { ${name} } from "${entryPoint}";`];
  });
  return [...imports, example.code, "export {};", ""].join("\n");
}
