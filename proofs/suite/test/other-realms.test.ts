import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("takes errors of drivers for what they are, whatever realm they come from", async () => {
  const script = fileURLToPath(new URL("../src/in-another-realm.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=eventfold-source", script]);
  expect(JSON.parse(stdout)).toEqual({
    "a publish while another connection holds the file": "done",
    "an unmet condition": "UNMET_WRITE_CONDITION",
    "an unmet condition that is retried in vain": "UNMET_WRITE_CONDITION",
    "a time of another realm": "done",
    "a file that is not a database": "NOT_A_DATABASE",
    "a server that is not there": "STORAGE_UNAVAILABLE",
  });
});
