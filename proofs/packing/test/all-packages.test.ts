import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type CodeSample, documents, samplesOf, sources } from "../src/code-sample.ts";
import { Consumer } from "../src/consumer.ts";
import { exampleGlobals, exampleModule, exportedNames, globalsFileOf, isPublic } from "../src/example-context.ts";
import { nodeReleases } from "../src/node-release.ts";
import { packedPackagesIn } from "../src/packed-workspace.ts";
import { printedBy, tutorialScript, tutorialSteps } from "../src/tutorial.ts";

const packages = await packedPackagesIn(inject("packedFolder"));
const entryPoints = packages.flatMap(({ name, manifest }) =>
  Object.keys(manifest.exports).map((path) => path.replace(".", name)),
);
const samples = documents().flatMap(samplesOf);
const examples = sources().flatMap(samplesOf);
const tutorials = documents()
  .map((page) => ({ page, steps: tutorialSteps(page) }))
  .filter(({ steps }) => steps.length > 0);
const runSamples = samples.filter(({ file, isRun }) => isRun && file !== "README.md");

function moduleName({ file, line }: CodeSample): string {
  return `${file.replaceAll("/", ".")}.${line}`;
}

describe("all packages with all their peers", () => {
  let consumer: Consumer;
  let exported: ReadonlyMap<string, readonly string[]>;

  beforeAll(() => {
    consumer = new Consumer({
      packages,
      optionalPeers: true,
      others: { "@types/pg": "^8.23.0", esbuild: "^0.28.2", vitest: "^5.1.1", zod: "^4.6.7" },
    });
    exported = exportedNames(consumer.directory, entryPoints);
  }, 300_000);

  afterAll(() => consumer?.remove());

  it("compile the samples of every README and document", () => {
    for (const sample of samples) consumer.write(`${moduleName(sample)}.mts`, `${sample.code}\nexport {};\n`);
    const files = samples.map((sample) => `${moduleName(sample)}.mts`);
    // drizzle-orm's own declarations do not pass the compiler; ours are checked with the quick starts.
    const compiled = consumer.compile(files, { module: "nodenext", skipLibCheck: true, outDir: "." });
    expect(compiled).toBe("");
  });

  it("run the samples of every document", () => {
    // All in one process: to start one for each sample would take most of the time. The last place that is printed is the one that failed.
    const steps = runSamples.map(
      (sample) => `console.error("${sample.file}:${sample.line}");\nawait import("./${moduleName(sample)}.mjs");`,
    );
    consumer.write("samples.mjs", steps.join("\n"));
    const ending = consumer.run(process.execPath, "samples.mjs");
    expect(ending, ending.stderr).toMatchObject({ status: 0 });
  });

  it.each(tutorials)("compile and run the steps of $page in order", ({ page, steps }) => {
    const folder = page.replaceAll("/", ".");
    const files = steps.filter((step) => step.kind === "file");
    for (const { name, code } of files) consumer.write(`${folder}/steps/${name}`, code);
    const compiled = consumer.compile(
      files.map(({ name }) => `${folder}/steps/${name}`),
      { module: "nodenext", skipLibCheck: true, noEmit: true, allowImportingTsExtensions: true },
    );
    expect(compiled).toBe("");
    const script = tutorialScript(steps, dirname(process.execPath));
    const ending = consumer.run("bash", "-c", `cd ${folder}\n${script}`);
    expect(ending, ending.stderr).toMatchObject({ status: 0 });
    for (const { line, printed, prints } of printedBy(ending.stdout, steps)) {
      expect(printed, `${page}:${line}`).toBe(prints);
    }
  });

  it.each([...Map.groupBy(examples, globalsFileOf)])("compile the examples that use %s", (globalsFile, candidates) => {
    const group = candidates.filter((example) => isPublic(example, exported));
    for (const example of group) consumer.write(`${moduleName(example)}.mts`, exampleModule(example, exported));
    consumer.write(globalsFile, exampleGlobals(globalsFile));
    const files = [globalsFile, ...group.map((example) => `${moduleName(example)}.mts`)];
    const compiled = consumer.compile(files, { module: "nodenext", skipLibCheck: true, noEmit: true });
    expect(compiled).toBe("");
  });

  it.each([
    { place: "as it is installed", packages: "external", threads: 1 },
    { place: "in one file", packages: "bundle", threads: 0 },
  ])("import an archive with an application $place", ({ packages: bundling, threads }) => {
    consumer.write(
      "importing.mjs",
      `import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
       import { exportLog, importLog } from "@eventfold/operations";
       import { EventStore } from "@eventfold/store";
       let threads = 0;
       process.on("worker", () => threads++);
       const [from, to] = [await MemoryEventStorageAdapter.open(), await MemoryEventStorageAdapter.open()];
       await new EventStore({ adapter: from }).stream({ category: "c", stream: "s" }).publish({ events: [{ name: "n", payload: 1 }] });
       const file = process.argv[2];
       await exportLog({ from, to: file });
       console.log((await importLog({ from: file, to })).events, threads);`,
    );
    const folder = mkdtempSync(join(tmpdir(), "eventfold-bundle-"));
    // One file is run where nothing is installed.
    const bundle = bundling === "external" ? "importing.bundle.mjs" : join(folder, "bundle.mjs");
    const options = ["--bundle", "--platform=node", "--format=esm", `--packages=${bundling}`, `--outfile=${bundle}`];
    expect(consumer.run("node_modules/.bin/esbuild", "importing.mjs", ...options)).toMatchObject({ status: 0 });
    const ending = consumer.run(process.execPath, bundle, join(folder, "archive.ndjson"));
    expect(ending, ending.stderr).toMatchObject({ status: 0, stdout: `1 ${threads}\n` });
    rmSync(folder, { recursive: true });
  });

  it.each(nodeReleases)(
    "give the same to an import and to a require of each entry point on $name",
    ({ executable }) => {
      consumer.write(
        "both.mjs",
        `import { createRequire } from "node:module";
       const require = createRequire(import.meta.url);
       for (const entryPoint of ${JSON.stringify(entryPoints)}) {
         const required = require(entryPoint);
         const imported = await import(entryPoint);
         const isSame = Object.keys(imported).every((name) => imported[name] === required[name]);
         console.log(entryPoint, isSame && Object.keys(imported).length > 0);
       }`,
      );
      const ending = consumer.run(executable, "both.mjs");
      const expected = entryPoints.map((entryPoint) => `${entryPoint} true\n`).join("");
      expect(ending, ending.stderr).toMatchObject({ status: 0, stdout: expected });
    },
  );
});
