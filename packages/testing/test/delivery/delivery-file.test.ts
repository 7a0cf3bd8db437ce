import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendDelivery, parseDelivery } from "@eventfold/testing/delivery";
import { expect, it } from "vitest";
import { claim, event, handle, park, save, unpark } from "./written-delivery.ts";

it("records come back from a file as they were written, without the half line of a process that was killed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "eventfold-delivery-"));
  const file = join(folder, "worker-1.jsonl");
  const failed = handle([2, 3], event(1), { error: "no" });
  const records = [claim(1), ...failed, park(4, event(1)), unpark(5, event(1)), save(6, 1)];
  const append = appendDelivery(file);
  for (const line of records) append(line);
  await appendFile(file, '{"kind":"saved","no');
  expect(parseDelivery(await readFile(file, "utf8"))).toEqual(records);
  await rm(folder, { recursive: true });
});

it.each(["{}", '{"kind":"saw","node":"a","atNs":1}', '{"kind":"saved","node":"a"}', "no"])(
  "a line that does not belong to a recording is named: %s",
  (line) => {
    const text = `${JSON.stringify(claim(1))}\n${line}\n`;
    expect(() => parseDelivery(text)).toThrow(new RangeError(`Line 2 is not a line of a recorded delivery: ${line}`));
  },
);
