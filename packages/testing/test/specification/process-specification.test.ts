import { specification } from "@eventfold/testing";
import { describe, expect, it } from "vitest";
import { failureOf } from "./failure-of.ts";

type OrderEvent =
  | { readonly name: "placed"; readonly payload: { readonly sku: string }; readonly tags: readonly string[] }
  | { readonly name: "declined"; readonly payload: Record<never, never>; readonly tags: readonly string[] };

const stock = { name: "stock" };
const shelf = { identifier: { kind: "stream", category: "stock", stream: "tea" } };
const command = (type: string, target: unknown = shelf) => ({ decider: stock, target, command: { type } });

/** Reserves what is ordered, and releases what was ordered under the same tag. */
const fulfilment = {
  name: "fulfilment",
  commandsAfter: (events: readonly OrderEvent[]) => {
    const event = events.at(-1);
    if (event === undefined) throw new RangeError("There is no event.");
    if (event.name === "placed") return [command("reserve")];
    const [tag = "none"] = event.tags;
    if (tag === "none") throw new TypeError("It belongs to no order.");
    const placed = events.filter(({ name, tags }) => name === "placed" && tags.includes(tag));
    return placed.map(() => command("release"));
  },
};

const tags = ["order:1"];
const placed = { name: "placed", payload: { sku: "tea" }, tags } as const;
const declined = specification(fulfilment)
  .given([placed, { ...placed, tags: ["order:2"] }])
  .when({ name: "declined", payload: {}, tags });
const lost = specification(fulfilment).given([placed]).when({ name: "declined", payload: {} });

describe("then", () => {
  it("passes when these commands are sent, to the same streams", () => {
    specification(fulfilment)
      .given([])
      .when(placed)
      .then([command("reserve", { identifier: { ...shelf.identifier } })]);
    declined.then([command("release")]);
    specification(fulfilment).given([]).when({ name: "declined", payload: {}, tags }).thenNothing();
  });

  it("names the command, the place in it, and both values", () => {
    const other = { identifier: { ...shelf.identifier, stream: "pot" } };
    const error = failureOf(() => declined.then([command("reserve", other)]));
    expect(error.message).toBe(
      [
        'Given 0 "placed", 1 "placed"; when "declined" {}:',
        "other commands are sent:",
        "  command 0: target.stream",
        "    expected: 'pot'",
        "    actual:   'tea'",
        "  command 0: command.type",
        "    expected: 'reserve'",
        "    actual:   'release'",
      ].join("\n"),
    );
    expect(error.actual).toStrictEqual([{ decider: "stock", target: shelf.identifier, command: { type: "release" } }]);
  });

  it("names commands that are missing, and too many", () => {
    expect(failureOf(() => declined.thenNothing()).message).toMatch(
      / {2}command 0\n {4}expected: nothing\n {4}actual: {3}\{ decider: 'stock'/,
    );
    expect(failureOf(() => declined.then([command("release"), command("release")])).message).toMatch(
      / {2}command 1\n {4}expected: \{ decider: 'stock'.*\n {4}actual: {3}nothing/,
    );
  });

  it("tells deciders apart that look alike", () => {
    const copy = { ...command("release"), decider: { ...stock } };
    expect(failureOf(() => declined.then([copy])).message).toContain(
      "They are two deciders, although they look alike.",
    );
  });

  it("compares boundaries by their query and their stream", () => {
    const boundary = (query: string) => ({ store: {}, query, stream: shelf });
    const process = { name: "p", commandsAfter: () => [command("reserve", boundary("a"))] };
    const example = specification(process)
      .given([])
      .when(placed as never);
    example.then([command("reserve", boundary("a"))]);
    expect(failureOf(() => example.then([command("reserve", boundary("b"))])).message).toContain("target.query");
  });

  it("fails when the process does, with the error as cause", () => {
    const error = failureOf(() => lost.thenNothing());
    expect(error.message).toContain("the process failed: TypeError: It belongs to no order.");
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  it("says so when an unfinished example is awaited", async () => {
    const awaited = async (): Promise<unknown> => await (declined as unknown as Promise<unknown>);
    await expect(awaited()).rejects.toThrow("The example is incomplete");
  });
});

describe("thenRejects", () => {
  it("passes by class, by predicate, and for any error", () => {
    lost.thenRejects(TypeError);
    lost.thenRejects((error) => error instanceof Error && error.message.includes("no order"));
    lost.thenRejects();
  });

  it("fails for another error, and when there is none", () => {
    expect(failureOf(() => lost.thenRejects(RangeError)).message).toContain("the process failed: TypeError");
    expect(failureOf(() => declined.thenRejects()).message).toContain("the process did not fail; sent: [ { decider:");
  });
});
