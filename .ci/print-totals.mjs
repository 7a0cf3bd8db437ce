// Prints the totals of a run from vitest's JSON report. A test file that broke before its first test counts as one failure,
// and so does a run that failed without naming a test.
import { existsSync, readFileSync } from "node:fs";

const [file, status] = process.argv.slice(2);
const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { testResults: [], numPassedTests: 0 };
const tests = report.testResults.flatMap((suite) => suite.assertionResults);
const count = (outcome) => tests.filter((test) => test.status === outcome).length;
const brokenFiles = report.testResults.filter(
  (suite) => suite.status === "failed" && suite.assertionResults.every((test) => test.status !== "failed"),
);

const named = count("failed") + brokenFiles.length;
const skipped = tests.length - count("passed") - count("failed");
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${count("passed")} passed, ${named === 0 && status !== "0" ? 1 : named} failed`);
