import { expect, it } from "vitest";
import { combinedStatus } from "../../src/index.ts";

it("combinedStatus says what should be looked at first", () => {
  expect(combinedStatus(["live", "catching-up", "retrying"])).toBe("retrying");
  expect(combinedStatus(["waiting", "live"])).toBe("live");
  expect(combinedStatus(["paused", "failed"])).toBe("failed");
  expect(combinedStatus([])).toBe("waiting");
});
