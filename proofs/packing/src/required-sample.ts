import ts from "typescript";

/**
 * The same sample for a CommonJS module, where `import` compiles to `require` and nothing can be awaited at the top: all but
 * the imports moves into a function.
 */
export function requiredSample(code: string): string {
  const source = ts.createSourceFile("sample.ts", code, ts.ScriptTarget.Latest);
  const text = (statements: readonly ts.Statement[]): string =>
    statements.map((each) => each.getFullText(source)).join("");
  const imports = source.statements.filter(ts.isImportDeclaration);
  const rest = source.statements.filter((statement) => !ts.isImportDeclaration(statement));
  return `${text(imports)}\nasync function main(): Promise<void> {${text(rest)}\n}\nvoid main();\n`;
}

/** The packages that a sample imports, each once. */
export function importedPackages(code: string): readonly string[] {
  const source = ts.createSourceFile("sample.ts", code, ts.ScriptTarget.Latest);
  const specifiers = source.statements.filter(ts.isImportDeclaration).map(({ moduleSpecifier }) => moduleSpecifier);
  const names = specifiers.filter(ts.isStringLiteral).map(({ text }) => /^(@[^/]+\/)?[^/]+/.exec(text)?.[0] ?? text);
  return [...new Set(names)];
}
