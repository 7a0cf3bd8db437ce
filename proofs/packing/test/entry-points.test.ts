import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { documents, samplesOf } from "../src/code-sample.ts";
import { Consumer } from "../src/consumer.ts";
import { nodeReleases } from "../src/node-release.ts";

const available = inject("packedPackages");
const entryPoints = available.flatMap(({ name, manifest }) =>
  Object.keys(manifest.exports).map((path) => path.replace(".", name)),
);

describe("all packages with all their peers", () => {
  let consumer: Consumer;

  beforeAll(() => {
    consumer = new Consumer({ packages: available, optionalPeers: true });
  }, 300_000);

  afterAll(() => consumer?.remove());

  it("compiles the samples of every README and document", () => {
    const files = documents()
      .flatMap(samplesOf)
      .map(({ file, line, code }) => {
        const name = `${file.replaceAll("/", ".")}.${line}.mts`;
        consumer.write(name, `${code}\nexport {};\n`);
        return name;
      });
    const compiled = consumer.compile(files, { module: "nodenext", noEmit: true });
    expect(compiled).toMatchObject({ status: 0, stdout: "" });
  });

  describe.each(nodeReleases)("on $name", ({ executable }) => {
    it.each(entryPoints)("gives the same to an import and to a require of %s", (entryPoint) => {
      consumer.write(
        "both.mjs",
        `import { createRequire } from "node:module";
         const imported = await import(${JSON.stringify(entryPoint)});
         const required = createRequire(import.meta.url)(${JSON.stringify(entryPoint)});
         if (Object.keys(imported).some((name) => imported[name] !== required[name])) process.exit(1);`,
      );
      const ending = consumer.run(executable, "both.mjs");
      expect(ending, ending.stderr).toMatchObject({ status: 0 });
    });
  });
});
