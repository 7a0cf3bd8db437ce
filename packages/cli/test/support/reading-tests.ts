import { beforeAll, describe, expect, it } from "vitest";
import { idOf } from "./accounts.ts";
import { runEventfold, runForJson } from "./run-eventfold.ts";

/** What the commands that only read do on a database that was filled by `fillAccounts`, whichever it is. */
export function testReading(prepare: () => Promise<{ readonly address: string; readonly config: string }>): void {
  let address: string;
  let config: string;
  beforeAll(async () => {
    ({ address, config } = await prepare());
  });

  /** Runs a command on the database. */
  const run = (name: string, ...words: readonly string[]) => runEventfold([name, address, ...words]);
  const json = (name: string, ...words: readonly string[]) => runForJson([name, address, ...words]);

  describe("streams", () => {
    it("lists them in order, from any name on", async () => {
      expect((await run("streams", "accounts")).out).toBe("acc-1\nacc-2\n");
      expect(await json("streams", "accounts", "--after", "acc-1")).toEqual([
        { category: "accounts", stream: "acc-2" },
      ]);
      expect((await run("streams", "accounts", "--limit", "1")).out).toBe("acc-1\n");
      expect((await run("streams", "od/d%")).out).toBe("a/b\\u{202e}c\n");
    });

    it("says when there are none", async () => {
      const { exitCode, error } = await run("streams", "account");
      expect(exitCode).toBe(3);
      expect(error).toContain('"account" has no streams');
      expect((await run("streams", "accounts", "--after", "zzz")).exitCode).toBe(0);
    });
  });

  describe("show", () => {
    it("shows an event a block", async () => {
      const { out } = await run("show", "accounts/acc-1");
      expect(out).toContain("money-deposited  accounts/acc-1  position 2, number 3\n");
      expect(out).toContain("occurred  2026-01-03T00:00:00.000Z, observed 2026-01-09T00:00:00.000Z\n");
      expect(out).toContain("tags      branch:1\n");
      expect(out).toContain('payload   {"amount":7}\n');
      expect(out.split("\n\n")).toHaveLength(3);
    });

    it("prints events for programs as printStoredEvent does", async () => {
      const events = await json("show", "accounts/acc-1", "--limit", "2");
      expect(events).toMatchObject([
        { id: idOf("acc-1", 0), payload: { owner: "Ada" }, metadata: { actor: "x" }, tags: [], position: 0 },
        { id: idOf("acc-1", 1), payload: { amount: 5 }, metadata: null, tags: ["branch:1"], sequenceNumber: 2 },
      ]);
    });

    it("shows what was there at a time, by either time", async () => {
      const positions = async (...words: string[]) =>
        (await json("show", "accounts/acc-1", ...words)).map((event) => (event as { position: number }).position);
      expect(await positions("--as-of", "2026-01-05")).toEqual([0, 1]);
      expect(await positions("--as-of", "2026-01-04", "--by", "occurred")).toEqual([0, 2]);
      expect(await positions("--as-of", "2025-12-31T23:59:59.999Z")).toEqual([]);
    });

    it("folds a stream as of a time, by either time", async () => {
      const state = async (...words: string[]) => {
        const show = ["show", "--config", config, "accounts/acc-1", "--state", "account"];
        const [projection] = await runForJson([...show, ...words]);
        return (projection as { state: object }).state;
      };
      expect(await state()).toMatchObject({ owner: "Ada", balance: 12 });
      expect(await state("--as-of", "2026-01-05")).toMatchObject({ owner: "Ada", balance: 5 });
      expect(await state("--as-of", "2026-01-04", "--by", "occurred")).toMatchObject({ owner: "Ada", balance: 7 });
    });

    it("names a stream whose category has a slash", async () => {
      const { out } = await run("show", "od%2Fd%25/a/b\u202ec");
      expect(out).toContain("<script>\\u{200b}  od%2Fd%25/a/b\\u{202e}c");
      expect(out).toContain('payload   "\\u009b31m\\u2028"\n');
    });

    it("says what is not there", async () => {
      expect(await run("show", "accounts/acc-3")).toMatchObject({ exitCode: 3, out: "" });
      expect(await run("show", "accounts")).toMatchObject({ exitCode: 2, out: "" });
      const unknown = await runEventfold(["show", "--config", config, "accounts/acc-1", "--state", "acount"]);
      expect(unknown).toMatchObject({ exitCode: 3, out: "" });
      expect(unknown.error).toContain('The config has "account"');
      expect((await run("show", "accounts/acc-1", "--state", "account")).error).toContain("--config");
    });
  });

  describe("event", () => {
    it("shows it as a whole, by its id in either case", async () => {
      const id = idOf("acc-1", 1);
      expect(await json("event", id.toUpperCase())).toMatchObject([{ id, payload: { amount: 5 }, tags: ["branch:1"] }]);
      expect((await run("event", id)).out).toContain(`id        ${id}\n`);
    });

    it("knows none by another id", async () => {
      for (const id of [idOf("acc-1", 9), "1", "'; drop table events; --"]) {
        expect((await run("event", id)).exitCode).toBe(3);
      }
    });
  });

  describe("tail", () => {
    const numbers = async (...words: string[]) =>
      (await json("tail", ...words)).map((event) => (event as { sequenceNumber: number }).sequenceNumber);

    it("shows the newest events, the newest last", async () => {
      expect(await numbers()).toEqual([1, 2, 3, 4, 5]);
      expect(await numbers("--limit", "2")).toEqual([4, 5]);
      const { out } = await run("tail", "--limit", "1", "--category", "accounts");
      expect(out).toBe("2026-01-10T00:00:00.000Z  account-opened  accounts/acc-2  position 0, number 4\n");
    });

    it("narrows to a category, names, and a time", async () => {
      expect(await numbers("--category", "accounts", "--name", "account-opened")).toEqual([1, 4]);
      expect(await numbers("--name", "account-opened", "--name", "money-deposited", "--limit", "3")).toEqual([2, 3, 4]);
      expect(await numbers("--since", "2026-01-09")).toEqual([3, 4, 5]);
      expect(await numbers("--since", "1s")).toEqual([]);
    });

    it("refuses what is no time and no count", async () => {
      for (const words of [
        ["--since", "yesterday"],
        ["--since", "5"],
        ["--limit", "0"],
        ["--limit", "1e3"],
      ]) {
        expect((await run("tail", ...words)).exitCode).toBe(2);
      }
    });
  });

  describe("trace", () => {
    it("shows causes and effects, and how far it looked", async () => {
      const { out } = await run("trace", idOf("acc-1", 0));
      expect(out).toContain("● 2026-01-01T00:00:00.000Z  account-opened  accounts/acc-1");
      expect(out).toContain("└─ 2026-01-10T00:00:00.000Z  account-opened  accounts/acc-2");
      expect(out).toContain("1 effect. All events after number 1 were searched.");
      const [traced] = await json("trace", idOf("acc-2", 0), "--all");
      expect(traced).toMatchObject({
        event: { stream: "acc-2" },
        causes: [{ stream: "acc-1" }],
        causesEnd: { kind: "origin" },
        effects: [],
        search: { isComplete: true },
      });
    });

    it("says when there is no such event", async () => {
      expect((await run("trace", idOf("acc-9", 0))).exitCode).toBe(3);
    });
  });

  describe("search", () => {
    const ids = async (...words: string[]) =>
      (await json("search", "account", ...words)).map((each) => (each as { id: string }).id);

    it.each([
      [["state.balance>=12"], ["acc-1"]],
      [["state.balance < 12"], ["acc-2"]],
      [["state.owner^=A"], ["acc-1"]],
      [["state.owner=~^G.*e$"], ["acc-2"]],
      [["state.tags[]=active"], ["acc-1"]],
      [['state.owner in ["Ada","Grace"]', "state.balance=0"], ["acc-2"]],
      [
        ["state.nothing=null", "--sort", "state.balance:desc"],
        ["acc-1", "acc-2"],
      ],
      [["--sort", "state.owner:desc", "--limit", "1"], ["acc-2"]],
      [['state."owner"=Ada'], ["acc-1"]],
      [["state.__proto__.polluted=1"], []],
    ])("finds by %j", async (words, expected) => {
      expect(await ids(...words)).toEqual(expected);
    });

    it("refuses what it cannot read, and says how filters are written", async () => {
      for (const filter of [
        "balance>1",
        "state..x=1",
        "state.a ? 1",
        'state."a=1',
        "state.a=~(?=x)",
        "state.a in [1",
      ]) {
        const { exitCode, error } = await run("search", "account", filter);
        expect({ filter, exitCode }).toEqual({ filter, exitCode: 2 });
        expect(error).toContain("Filters are written like this");
      }
    });

    it("says when no projections have that name", async () => {
      expect((await run("search", "acount")).exitCode).toBe(3);
    });
  });
}
