import { posix } from "node:path";
import { Application, Converter, type DeclarationReflection, ReflectionKind, type TypeDocOptions } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import { entryPoints } from "./entry-points.ts";
import { REPOSITORY_URL, repositoryDirectory } from "./repository.ts";

/** Names each module as users import it. */
function nameModules(app: Application, names: ReadonlyMap<string, string>): void {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection: DeclarationReflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile().fileName ?? "";
    reflection.name = names.get(posix.relative(repositoryDirectory, file)) ?? reflection.name;
  });
}

/** Keeps only the links to sources of what is exported itself: those of every member were a third of the pages. */
function linkExportsOnly(app: Application): void {
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const reflection of Object.values(project.reflections)) {
      const declared = reflection.kindOf(ReflectionKind.SomeSignature) ? reflection.parent : reflection;
      if (reflection.isDeclaration() || reflection.isSignature()) {
        if (!declared?.parent?.kindOf(ReflectionKind.Module)) delete reflection.sources;
      }
    }
  });
}

/** One page for each entry point. An anchor of its own before each member: where headings are alike, theirs are not what links say. */
function options(files: Iterable<string>): TypeDocOptions & Partial<PluginOptions> {
  return {
    entryPoints: Array.from(files, (file) => posix.join(repositoryDirectory, file)),
    tsconfig: posix.join(repositoryDirectory, "apps/docs/tsconfig.api.json"),
    plugin: ["typedoc-plugin-markdown"],
    out: posix.join(repositoryDirectory, "apps/docs/api"),
    outputFileStrategy: "modules",
    useHTMLAnchors: true,
    entryFileName: "index",
    hidePageHeader: true,
    hideBreadcrumbs: true,
    readme: "none",
    name: "API",
    basePath: repositoryDirectory,
    disableGit: true,
    gitRevision: "main",
    sourceLinkTemplate: `${REPOSITORY_URL}/blob/main/packages/{path}#L{line}`, // relative to what all entry points have in common
    excludeExternals: true, // what every Error has is documented elsewhere
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    classPropertiesFormat: "table",
    tableColumnSettings: { hideSources: true, hideInherited: true, hideOverrides: true },
    excludePrivate: true,
    excludeInternal: true,
    skipErrorChecking: true, // the check of types has done it
    validation: { invalidLink: true, invalidPath: true, notExported: false },
    logLevel: "Warn",
  };
}

/** Writes the reference of everything that the published packages export as Markdown into `apps/docs/api`. */
export async function writeApiReference(): Promise<void> {
  const names = entryPoints();
  const app = await Application.bootstrapWithPlugins(options(names.keys()));
  nameModules(app, names);
  linkExportsOnly(app);
  const project = await app.convert();
  if (project === undefined) throw new Error("TypeDoc did not understand the sources; what it printed says why.");
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasWarnings()) throw new Error("Documentation comments have faults; what TypeDoc printed names them.");
}
