import { globSync, readFileSync } from "node:fs";
import ts from "typescript";

interface Manifest {
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, { readonly "eventfold-source"?: string }>>;
}

/** The source files behind every entry point of every published package. */
function entryPoints(): string[] {
  return globSync("packages/*/package.json").flatMap((path) => {
    const manifest = JSON.parse(readFileSync(path, "utf8")) as Manifest;
    if (manifest.private) return [];
    const sources = Object.values(manifest.exports ?? {}).flatMap((targets) => targets["eventfold-source"] ?? []);
    return sources.map((source) => path.replace("package.json", source.slice(2)));
  });
}

/** What an exported name stands for, behind the re-exports. */
function resolved(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function isDocumented(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim() !== "";
}

/** The public methods and accessors a reader meets on an exported class or interface, without those it inherits the text of. */
function membersOf(symbol: ts.Symbol): ts.Symbol[] {
  return [...(symbol.members?.values() ?? [])].filter(({ valueDeclaration: declaration }) => {
    if (declaration === undefined || !(ts.isMethodDeclaration(declaration) || ts.isMethodSignature(declaration)))
      return false;
    return (
      !ts.isPrivateIdentifier(declaration.name) &&
      !(ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.NonPublicAccessibilityModifier)
    );
  });
}

function location(symbol: ts.Symbol): string {
  const declaration = symbol.declarations?.[0];
  if (declaration === undefined) return "?";
  const file = declaration.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(declaration.getStart());
  return `${file.fileName.replace(`${process.cwd()}/`, "")}:${line + 1}`;
}

const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
const files = entryPoints();
const program = ts.createProgram(files, options);
const checker = program.getTypeChecker();

const missing = new Set<string>();
for (const path of files) {
  const source = program.getSourceFile(path);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) continue;
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol = resolved(exported, checker);
    const undocumented = [symbol, ...membersOf(symbol)].filter((each) => !isDocumented(each, checker));
    for (const each of undocumented)
      missing.add(`${location(each)} ${symbol === each ? "" : `${symbol.name}.`}${each.name}`);
  }
}
for (const line of missing) console.log(`no documentation comment: ${line}`);
process.exitCode = missing.size > 0 ? 1 : 0;
