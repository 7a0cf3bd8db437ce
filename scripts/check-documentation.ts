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

/** What an exported name refers to, through re-exports. */
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

/** What everything reachable from an entry point is, once per declaration. */
function exportedSymbols(): ReadonlySet<ts.Symbol> {
  const modules = files.flatMap((path) => {
    const source = program.getSourceFile(path);
    return (source && checker.getSymbolAtLocation(source)) ?? [];
  });
  const exported = modules.flatMap((module) => checker.getExportsOfModule(module));
  return new Set(exported.map((symbol) => resolved(symbol, checker)));
}

/** The stable code of an exported error class. */
function errorCode(symbol: ts.Symbol): string | undefined {
  const code = symbol.members?.get(ts.escapeLeadingUnderscores("code"));
  const type = code && checker.getTypeOfSymbol(code);
  return type?.isStringLiteral() && symbol.name.endsWith("Error") ? type.value : undefined;
}

const findings = new Set<string>();
const codes = new Set<string>();
const explainedCodes = new Set(readFileSync("docs/errors.md", "utf8").match(/(?<=^## )[A-Z_]+$/gm));
for (const symbol of exportedSymbols()) {
  for (const each of [symbol, ...membersOf(symbol)].filter((each) => !isDocumented(each, checker))) {
    findings.add(
      `${location(each)} ${symbol === each ? "" : `${symbol.name}.`}${each.name} has no documentation comment`,
    );
  }
  const code = errorCode(symbol);
  if (code === undefined) continue;
  codes.add(code);
  if (!explainedCodes.has(code)) {
    findings.add(`${location(symbol)} ${symbol.name}: docs/errors.md has no heading ${code}`);
  }
}
for (const code of [...explainedCodes].filter((each) => !codes.has(each))) {
  findings.add(`docs/errors.md: no exported error has the code ${code}, which has a heading`);
}
for (const finding of findings) console.log(finding);
process.exitCode = findings.size > 0 ? 1 : 0;
