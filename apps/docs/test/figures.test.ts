import { expect, it } from "vitest";
import { readRepositoryFile } from "../src/repository.ts";

/** The rows of the tables in a section, each as its cells. */
function rowsOf(file: string): readonly (readonly string[])[] {
  const lines = readRepositoryFile(file).match(/^\|.*\|$/gm) ?? [];
  return lines.map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

const measured = new Map(rowsOf("bench/README.md").map(([work = "", ...figures]) => [work, figures.join(" ")]));
const shown = rowsOf("README.md").filter(([, , ratio]) => /^\d\.\d\d × /.test(ratio ?? ""));

it("finds figures in the README", () => expect(shown.length).toBeGreaterThan(3));

it.each(shown)("shows of %s what was measured: %s per second, %s", (work, median, ratio) => {
  expect(measured.get(work)).toContain(`eventfold ${median}<br>`);
  expect(measured.get(work)).toContain(ratio);
});
