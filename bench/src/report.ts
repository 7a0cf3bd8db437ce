import Table from "cli-table3";
import type { LimitResult, RowResult } from "./measurement.ts";

/** The results as a table for a terminal. */
export function terminalTable(results: readonly RowResult[]): string {
  const table = new Table({ head: ["work", "candidate", "per second", "spread", "ratio", "target"] });
  for (const result of results) {
    for (const [index, { name, median, least, most }] of result.candidates.entries()) {
      const target = result.targets.find(({ against }) => against === name);
      table.push([
        index === 0 ? result.work : "",
        name,
        rate(median),
        `${rate(least)} – ${rate(most)}`,
        target ? target.ratio.toFixed(2) : "",
        target
          ? `≥ ${target.leastRatio} ${target.isMet ? "✓" : "✗"}`
          : index === 0
            ? result.limits.map(limitText).join("\n")
            : "",
      ]);
    }
  }
  return table.toString();
}

/** The results as a Markdown table, for `bench/README.md`. */
export function markdownTable(results: readonly RowResult[]): string {
  const rows = results.map((result) => {
    const rates = result.candidates.map(({ name, median }) => `${name} ${rate(median)}`).join("<br>");
    const targets = result.targets.map(
      ({ against, ratio, leastRatio, isMet }) =>
        `${ratio.toFixed(2)} × ${against} (target ${leastRatio}, ${isMet ? "met" : "**missed**"})`,
    );
    return `| ${result.work} | ${rates} | ${[...targets, ...result.limits.map(limitText)].join("<br>")} |`;
  });
  return ["| work | median per second | ratio in the same run |", "|---|---|---|", ...rows].join("\n");
}

function limitText({ what, unit, most, value, isMet }: LimitResult): string {
  const kept = most === undefined ? "" : ` (≤ ${Number(most.toPrecision(3))} ${isMet ? "✓" : "✗"})`;
  return `${value.toFixed(2)} ${unit} ${what}${kept}`;
}

function rate(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
