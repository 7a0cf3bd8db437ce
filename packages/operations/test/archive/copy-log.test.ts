import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { copyLog, digestLog, type TransferProgress } from "../../src/index.ts";
import { openEmptyLog, openSampleLog, publishSamples } from "../support/sample-log.ts";

describe("copyLog", () => {
  it("stores what the source has, and gives its own events later numbers", async () => {
    const from = await openSampleLog();
    const to = await openEmptyLog();
    expect(await copyLog({ from, to })).toMatchObject({ events: 10, newest: { sequenceNumber: 10 }, horizon: 10 });
    expect(await digestLog({ of: to })).toEqual(await digestLog({ of: from }));
    await publishSamples(to, { events: 1, from: 10 });
    expect((await new EventStore({ adapter: to }).log().latest())?.sequenceNumber).toBe(11);
  });

  it("copies only what is missing", async () => {
    const from = await openSampleLog();
    const to = await openEmptyLog();
    await copyLog({ from, to });
    await publishSamples(from, { events: 5, from: 10 });
    expect(await copyLog({ from, to })).toMatchObject({ events: 5, newest: { sequenceNumber: 15 } });
    expect(await copyLog({ from, to })).toMatchObject({ events: 0, newest: { sequenceNumber: 15 } });
  });

  it("keeps up with its source until that is stopped", async () => {
    const from = await openSampleLog(1);
    const to = await openEmptyLog();
    const stopping = new AbortController();
    let published = 1;
    const onProgress = ({ upTo }: TransferProgress): void => {
      if (upTo < published) return;
      if (published === 6) stopping.abort();
      else void publishSamples(from, { events: 1, from: published++ });
    };
    const copied = await copyLog({ from, to, follow: { stopped: stopping.signal }, onProgress });
    expect(copied).toMatchObject({ events: 6, horizon: 6 });
    expect(await digestLog({ of: to })).toEqual(await digestLog({ of: from }));
  });

  it("copies what was published before its source was stopped", async () => {
    const from = await openSampleLog(3);
    const to = await openEmptyLog();
    const stopping = new AbortController();
    const copying = copyLog({ from, to, follow: { stopped: stopping.signal } });
    await publishSamples(from, { events: 4, from: 3 });
    stopping.abort();
    expect(await copying).toMatchObject({ events: 7, horizon: 7 });
  });

  it("is aborted with the reason of the signal while it waits", async () => {
    const from = await openSampleLog(1);
    const aborting = new AbortController();
    const reason = new Error("Ctrl-C");
    const copying = copyLog({
      ...{ from, to: await openEmptyLog(), signal: aborting.signal },
      follow: { stopped: new AbortController().signal },
      onProgress: () => setImmediate(() => aborting.abort(reason)),
    });
    await expect(copying).rejects.toBe(reason);
  });

  it("refuses a target that has events of its own", async () => {
    const to = await openSampleLog(2);
    await expect(copyLog({ from: await openSampleLog(), to })).rejects.toMatchObject({
      code: "OTHER_LOG",
      newest: { sequenceNumber: 2 },
    });
  });

  it("refuses adapters that lack what it needs", async () => {
    const whole = await openEmptyLog();
    const without = Object.create(whole, { restore: { value: undefined } });
    await expect(copyLog({ from: whole, to: without })).rejects.toMatchObject({ code: "UNSUPPORTED_BY_ADAPTER" });
  });
});
